using System.Runtime.InteropServices;

namespace Decant.Connectors.Engines;

/// <summary>The tokens of a sequence's rows, in order, as far as reading them again gives the same rows: embeddings, edits and skipped layers end it.</summary>
internal sealed class SequenceHistory
{
    private readonly List<int> _ids;

    public SequenceHistory() => _ids = [];

    private SequenceHistory(SequenceHistory other) => _ids = [.. other._ids];

    /// <summary>Rows that can be read again.</summary>
    public int Count => _ids.Count;

    public int[] ToArray() => [.. _ids];

    public SequenceHistory Copy() => new(this);

    /// <summary>Takes the tokens of rows from <paramref name="length"/> on; tokens behind a row that cannot be read again are of no use.</summary>
    public void Append(int length, ReadOnlySpan<int> ids)
    {
        if (length == _ids.Count) CollectionExtensions.AddRange(_ids, ids);
    }

    /// <summary>Does to the tokens what a commit does to the rows: <paramref name="before"/> + path[i] moves to <paramref name="before"/> + i.</summary>
    public void Move(int before, ReadOnlySpan<int> path)
    {
        var ids = CollectionsMarshal.AsSpan(_ids);
        for (var i = 0; i < path.Length && before + path[i] < ids.Length; i++) ids[before + i] = ids[before + path[i]];
    }

    public void Truncate(int length)
    {
        if (length < _ids.Count) CollectionsMarshal.SetCount(_ids, length);
    }
}
