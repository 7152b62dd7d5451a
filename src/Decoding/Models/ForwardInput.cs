namespace Decant.Decoding;

/// <summary>The rows one forward appends to a sequence.</summary>
/// <remarks>Exactly one of <see cref="Ids"/> and <see cref="Embeddings"/> is set. The memory must stay unchanged until the forward completes.</remarks>
public readonly record struct ForwardInput
{
    // What nobody has set is 0 in a struct.
    private readonly int _rowsBeforeLast;

    /// <summary>Rows given as token ids.</summary>
    public ForwardInput(ReadOnlyMemory<int> ids) => Ids = ids;

    /// <summary>Token ids, one per row.</summary>
    public ReadOnlyMemory<int> Ids { get; init; }

    /// <summary>Input embeddings, rows × hidden size, in place of ids. They enter where the embedding lookup's output does, scaling included.</summary>
    public ReadOnlyMemory<float> Embeddings { get; init; }

    /// <summary>
    /// Empty: each row follows the one before. Otherwise one entry per row: the index (in this forward, smaller than the row's own)
    /// of its parent, or −1 for a child of the last cached row. A row sees the cached rows, its ancestors and itself;
    /// its position is that of its parent plus one.
    /// </summary>
    public ReadOnlyMemory<int> Parents { get; init; }

    /// <summary>
    /// Edits to the residual stream of this forward's rows, in order; null for none. Keys and values are cached as edited: a sequence is the edited model's only if all its
    /// forwards carry the same edits.
    /// </summary>
    public IReadOnlyList<ResidualEdit>? Edits { get; init; }

    /// <summary>
    /// Which parts of the layers run; null for all of them, one after the other. Cached rows that this forward reads must have run with the same plan, or with none; see
    /// <see cref="LayerPlan"/> for what may read the rows that it appends.
    /// </summary>
    public LayerPlan? Layers { get; init; }

    /// <summary>Which rows get logits. Default: the last one.</summary>
    public LogitsRows Logits { get; init; }

    /// <summary>How many of the last rows get logits where <see cref="Logits"/> is <see cref="LogitsRows.Last"/>; where there are fewer, all. Default: 1.</summary>
    public int LastRows { get => _rowsBeforeLast + 1; init => _rowsBeforeLast = value - 1; }

    /// <summary>How many rows of a forward of <paramref name="rows"/> rows get logits: the last so many.</summary>
    public int LogitsCount(int rows) => Logits switch { LogitsRows.All => rows, LogitsRows.None => 0, _ => Math.Min(LastRows, rows) };

    /// <summary>What else to return, or null for logits only.</summary>
    public Taps? Taps { get; init; }
}
