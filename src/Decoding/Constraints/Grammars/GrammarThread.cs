namespace Decant.Decoding;

/// <summary>One way to read the text so far: terminals up to a row, and the beginning of another.</summary>
/// <param name="Row">The last place where a terminal ended.</param>
/// <param name="Lexer">What was read since.</param>
internal readonly record struct GrammarThread(GrammarRow Row, LexerState Lexer);
