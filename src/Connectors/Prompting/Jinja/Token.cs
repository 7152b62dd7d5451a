namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Kinds of token.</summary>
internal enum TokenKind
{
    Text,
    OpenOutput,
    CloseOutput,
    OpenBlock,
    CloseBlock,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <summary>One token of a template.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    public bool Is(TokenKind kind, string text) => Kind == kind && Text == text;
}
