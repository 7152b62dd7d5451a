namespace Decant.Connectors.Cpu.Forward;

/// <summary>Lists the rows of a step, chunk by chunk: long parts are cut, trees are kept whole.</summary>
internal sealed class RowPlan(int hiddenSize)
{
    /// <summary>Rows per pass over the weights: enough to be bound by arithmetic, few enough that activations stay in cache.</summary>
    public const int ChunkRows = 256;

    private readonly List<ForwardRow> _rows = [];
    private readonly List<int> _paths = [];
    private readonly List<int> _logits = [];
    private readonly HashSet<int> _edited = [];

    public int Count => _rows.Count;

    /// <summary>The largest position in the chunk.</summary>
    public int LastPosition { get; private set; }

    /// <summary>Indices of the rows that get logits.</summary>
    public List<int> LogitsRows => _logits;

    public ForwardRow this[int row] => _rows[row];

    /// <summary>Whether rows of the chunk are edited after <paramref name="layer"/>.</summary>
    public bool IsEdited(int layer) => _edited.Contains(layer);

    /// <summary>The slot of the <paramref name="depth"/>-th new row that a tree row sees.</summary>
    public int PathSlot(in ForwardRow row, int depth) => _paths[row.Path + depth];

    /// <summary>Fills the next chunk, from row <paramref name="start"/> of entry <paramref name="entry"/>'s part on, and moves both forward.</summary>
    public bool Next(IReadOnlyList<ForwardEntry> entries, ref int entry, ref int start)
    {
        _rows.Clear();
        _paths.Clear();
        _logits.Clear();
        _edited.Clear();
        LastPosition = 0;
        while (entry < entries.Count && _rows.Count < ChunkRows)
        {
            var current = entries[entry];
            if (current.IsTree && _rows.Count > 0 && _rows.Count + current.Take > ChunkRows) break;
            var total = current.Rows(hiddenSize);
            var count = current.IsTree ? total : Math.Min(current.Take - start, ChunkRows - _rows.Count);
            for (var i = start; i < start + count; i++) Add(current, current.From + i, total);
            if (current.Input.Edits is { } edits) _edited.UnionWith(edits.Select(edit => edit.Layer));
            start += count;
            if (start < current.Take) continue;
            entry++;
            start = 0;
        }

        return _rows.Count > 0;
    }

    private void Add(ForwardEntry entry, int index, int total)
    {
        var before = entry.Sequence.Before;
        var position = before + index;
        var path = -1;
        if (entry.IsTree)
        {
            path = _paths.Count;
            position = before + AddPath(entry, index) - 1;
        }

        var logits = Math.Max(-1, index - (total - entry.Input.LogitsCount(total)));
        LastPosition = Math.Max(LastPosition, position);
        if (logits >= 0) _logits.Add(_rows.Count);
        _rows.Add(new ForwardRow(entry, index, before + index, position, logits, path));
    }

    private int AddPath(ForwardEntry entry, int index)
    {
        var parents = entry.Input.Parents.Span;
        var start = _paths.Count;
        for (var row = index; row >= 0; row = parents[row]) _paths.Add(entry.Sequence.Before + row);
        _paths.Reverse(start, _paths.Count - start);
        return _paths.Count - start;
    }
}
