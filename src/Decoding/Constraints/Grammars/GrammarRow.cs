namespace Decant.Decoding;

/// <summary>
/// Everything that rules say about what may follow a place between two terminals: a set of Earley's items (1970). Places where the same items hold are the same row,
/// so what is known of one is known of all. A <see cref="GrammarParser"/> makes them.
/// </summary>
internal sealed class GrammarRow(int id, GrammarItem[] items, bool accepts)
{
    /// <summary>Its number, in the order of making.</summary>
    public int Id => id;

    /// <summary>The places in rules that the terminals before lead to, sorted. What they predict is in the other members.</summary>
    public GrammarItem[] Items => items;

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

/// <summary>What makes a row, before there is one.</summary>
internal readonly ref struct RowView(ReadOnlySpan<GrammarItem> items, bool accepts)
{
    public ReadOnlySpan<GrammarItem> Items { get; } = items;

    public bool Accepts { get; } = accepts;
}

/// <summary>Finds the row of a <see cref="RowView"/>.</summary>
internal sealed class RowComparer : IEqualityComparer<GrammarRow>, IAlternateEqualityComparer<RowView, GrammarRow>
{
    public bool Equals(GrammarRow? x, GrammarRow? y) => ReferenceEquals(x, y);

    public bool Equals(RowView alternate, GrammarRow other) => alternate.Accepts == other.Accepts && alternate.Items.SequenceEqual(other.Items);

    public int GetHashCode(GrammarRow row) => GetHashCode(new RowView(row.Items, row.Accepts));

    public int GetHashCode(RowView view)
    {
        var hash = view.Accepts ? 1 : 0;
        foreach (var (state, origin) in view.Items) hash = HashCode.Combine(hash, state, origin.Id);
        return hash;
    }

    public GrammarRow Create(RowView alternate) => throw new NotSupportedException("A row has a number, which its parser gives it.");
}

/// <summary>What the end of a rule leads to, with the ends of the rules that thereby end.</summary>
/// <param name="Items">Places where something has yet to come.</param>
/// <param name="Accepts">Whether the whole text may end.</param>
internal sealed record RuleEnd(GrammarItem[] Items, bool Accepts);
