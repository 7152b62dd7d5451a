namespace Decant.Connectors.Torch.Forward;

/// <summary>Consecutive rows of one request in a chunk.</summary>
/// <param name="Request">The request.</param>
/// <param name="Start">Its first row in the chunk.</param>
/// <param name="Count">How many rows follow.</param>
internal readonly record struct RowPart(TorchRequest Request, int Start, int Count)
{
    public TorchSequence Sequence => Request.Sequence;

    /// <summary>Where in the sequence the first row goes.</summary>
    public int Slot => Sequence.Before + Start;

    /// <summary>Rows of the sequence that attention reads: all up to the part's last.</summary>
    public int Reach => Slot + Count;

    /// <summary>Position in the text of row <paramref name="i"/> of the part.</summary>
    public int Position(int i) => Request.IsTree ? Sequence.Before + Depth(i) : Slot + i;

    /// <summary>Which rows of the part get logits: the first, and how many.</summary>
    public (int First, int Count) LogitsRows(int totalRows)
    {
        var first = Math.Max(0, totalRows - Request.Input.LogitsCount(totalRows) - Start);
        return first < Count ? (first, Count - first) : (0, 0);
    }

    private int Depth(int i)
    {
        var depth = 0;
        for (var parent = Request.Input.Parents.Span[i]; parent >= 0; parent = Request.Input.Parents.Span[parent]) depth++;
        return depth;
    }
}
