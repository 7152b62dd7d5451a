namespace Decant.Decoding;

/// <summary>
/// Everything that rules say about what may follow a place between two terminals: a set of Earley's items (1970). Places where the same items hold are the same row,
/// so what is known of one is known of all. A <see cref="GrammarParser"/> makes them.
/// </summary>
internal sealed class GrammarRow(int id, bool accepts)
{
    /// <summary>Its number, in the order of making.</summary>
    public int Id => id;

    /// <summary>Whether the text may end here.</summary>
    public bool Accepts => accepts;

    /// <summary>What each terminal that may follow leads to.</summary>
    public SortedList<int, List<GrammarItem>> Terminals { get; } = [];

    /// <summary>What each token that may follow leads to.</summary>
    public Dictionary<int, List<GrammarItem>> Tokens { get; } = [];

    /// <summary>What each rule that begins here leads to when it ends.</summary>
    public Dictionary<int, List<GrammarItem>> Rules { get; } = [];

    /// <summary>The lexer before the first byte.</summary>
    public LexerState Lexer { get; set; } = LexerState.Dead;

    /// <summary>What the end of a rule that begins here leads to in the end, once known.</summary>
    public Dictionary<int, RuleEnd> Ends { get; } = [];

    /// <summary>The row after one of the terminals that a lexer's state ends, once known.</summary>
    public Dictionary<LexerState, GrammarRow> After { get; } = [];

    /// <summary>The tokens that may follow, by the lexer's state since this row, once known.</summary>
    public Dictionary<LexerState, ulong[]> Masks { get; } = [];
}

/// <summary>A place in a rule that began at a row.</summary>
/// <param name="State">The place: a state of the grammar.</param>
/// <param name="Origin">Where the rule began.</param>
internal readonly record struct GrammarItem(int State, GrammarRow Origin);

/// <summary>What the end of a rule leads to, with the ends of the rules that thereby end.</summary>
/// <param name="Items">Places where something has yet to come.</param>
/// <param name="Accepts">Whether the whole text may end.</param>
internal sealed record RuleEnd(GrammarItem[] Items, bool Accepts);
