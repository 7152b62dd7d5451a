using Decant.Connectors.Cpu.Forward;
using Decant.Connectors.Cpu.Memory;
using Decant.Decoding;

namespace Decant.Connectors.Cpu;

/// <summary>One sequence's pages of keys and values. Forks share pages; a page is copied when a sharer writes into it.</summary>
internal sealed unsafe class CpuSequence : ISequence
{
    private readonly CpuModel _model;
    private readonly List<KvPage> _pages = [];
    private readonly ForwardEntry _entry;
    private int[] _parents = [];
    private int _before;
    private CpuForwardResult? _spare;
    private int _busy;
    private bool _disposed;

    public CpuSequence(CpuModel model)
    {
        _model = model;
        _entry = new ForwardEntry(this);
    }

    public ICausalModel Model => _model;

    public int Length { get; private set; }

    /// <summary>Length before the last forward: where a tree's rows begin.</summary>
    public int Before => _before;

    private bool HasOpenTree => _parents.Length > 0;

    public ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default) =>
        _model.ForwardAsync(this, input, cancellationToken);

    public void Truncate(int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (HasOpenTree && length > _before && length < Length)
            throw new InvalidOperationException("Part of a tree cannot be kept by truncation: commit a path of it, or truncate to before it.");
        if (length <= _before) _parents = [];
        SetLength(length);
    }

    public void Commit(ReadOnlySpan<int> path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var rows = Length - _before;
        for (var i = 0; i < path.Length; i++)
        {
            var parent = i == 0 ? -1 : path[i - 1];
            if ((uint)path[i] >= (uint)rows || (HasOpenTree ? _parents[path[i]] : path[i] - 1) != parent)
                throw new ArgumentException($"Entry {i} of the path, row {path[i]}, is not a child of row {parent} in the last forward of {rows} rows.", nameof(path));
        }

        for (var i = 0; i < path.Length; i++) MoveRow(_before + path[i], _before + i);
        _parents = [];
        SetLength(_before + path.Length);
    }

    public ISequence Fork()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (HasOpenTree) throw new InvalidOperationException("Commit or truncate the tree before forking.");
        var fork = new CpuSequence(_model) { Length = Length, _before = _before };
        foreach (var page in _pages)
        {
            page.AddUser();
            fork._pages.Add(page);
        }

        return fork;
    }

    public void Export(Stream destination) => SequenceFile.Write(destination, _model, this);

    public void Import(Stream source)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        SequenceFile.Read(source, _model, this);
        _parents = [];
        _before = Length;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (var page in _pages) _model.Pages.Return(page);
        _pages.Clear();
        _spare?.Free();
        _spare = null;
    }

    /// <summary>Claims the sequence for a forward, or throws: two callers at once would mix their rows.</summary>
    public ForwardEntry Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _busy, 1) == 1)
            throw new InvalidOperationException("Another forward of this sequence is running. Fork the sequence to run two.");
        if (!HasOpenTree) return _entry;
        Leave();
        throw new InvalidOperationException("The last forward was a tree: commit a path of it, or truncate, before the next forward.");
    }

    public void Leave() => Volatile.Write(ref _busy, 0);

    /// <summary>Appends room for <paramref name="rows"/> rows that no fork sees.</summary>
    public void Grow(int rows, ReadOnlySpan<int> parents)
    {
        for (var page = Length / KvLayout.PageTokens; page <= (Length + rows - 1) / KvLayout.PageTokens; page++)
        {
            if (page == _pages.Count) _pages.Add(_model.Pages.Rent());
            else MakePrivate(page);
        }

        _before = Length;
        _parents = parents.ToArray();
        Length += rows;
    }

    /// <summary>Takes a failed or cancelled forward's rows back.</summary>
    public void Shrink()
    {
        _parents = [];
        SetLength(_before);
    }

    public float* Page(int index) => _pages[index].Floats;

    /// <summary>Rows that row <paramref name="row"/> of the last forward could see, itself included.</summary>
    public int VisibleRows(int row)
    {
        if (!HasOpenTree) return _before + row + 1;
        var depth = 1;
        for (var parent = _parents[row]; parent >= 0; parent = _parents[parent]) depth++;
        return _before + depth;
    }

    public CpuForwardResult RentResult() => Interlocked.Exchange(ref _spare, null) ?? new CpuForwardResult(this, _model.Info);

    public void Recycle(CpuForwardResult result)
    {
        if (_disposed || Interlocked.CompareExchange(ref _spare, result, null) is not null) result.Free();
    }

    private void SetLength(int length)
    {
        Length = length;
        _before = Math.Min(_before, length);
        var pages = (length + KvLayout.PageTokens - 1) / KvLayout.PageTokens;
        for (var page = _pages.Count - 1; page >= pages; page--)
        {
            _model.Pages.Return(_pages[page]);
            _pages.RemoveAt(page);
        }
    }

    private void MakePrivate(int page)
    {
        if (!_pages[page].IsShared) return;
        var copy = _model.Pages.Copy(_pages[page]);
        _model.Pages.Return(_pages[page]);
        _pages[page] = copy;
    }

    private void MoveRow(int from, int to)
    {
        if (from == to) return;
        var layout = _model.Pages.Layout;
        float* source = Page(from / KvLayout.PageTokens), target = Page(to / KvLayout.PageTokens);
        int f = from % KvLayout.PageTokens, t = to % KvLayout.PageTokens;
        for (var layer = 0; layer < layout.Layers; layer++)
        {
            for (var head = 0; head < layout.Heads; head++)
            {
                var keys = layout.Keys(layer, head);
                for (var d = 0; d < layout.HeadSize; d++) target[keys + d * KvLayout.PageTokens + t] = source[keys + d * KvLayout.PageTokens + f];
                var values = layout.Values(layer, head);
                for (var d = 0; d < layout.HeadSize; d++) target[values + (long)t * layout.ValueStride + d] = source[values + (long)f * layout.ValueStride + d];
            }
        }
    }
}
