using Decant.Connectors.Engines;
using Decant.Connectors.Torch.Forward;
using Decant.Connectors.Torch.Memory;
using Decant.Decoding;

namespace Decant.Connectors.Torch;

/// <summary>One sequence's pages of the cache. Forks share pages; a page is copied when a sharer writes into it.</summary>
internal sealed class TorchSequence : EngineSequence, IDifferentiableSequence
{
    private const int Page = KvCache.PageTokens;

    private readonly TorchModel _model;
    private readonly List<int> _pages = [];
    private readonly TorchRequest _request;

    public TorchSequence(TorchModel model)
        : this(model, model.Memory.History())
    {
    }

    private TorchSequence(TorchModel model, SequenceHistory? history)
        : base(history)
    {
        _model = model;
        _request = new TorchRequest(this);
        model.Memory.Add(this);
    }

    public override ICausalModel Model => _model;

    protected override ForwardRequest Request => _request;

    public override ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default) =>
        _model.ForwardAsync(this, input, cancellationToken);

    public ValueTask<CacheDescentResult> DescendAsync(CacheDescent descent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(descent);
        Enter();
        try
        {
            InputCheck.Validate(new ForwardInput(descent.Ids), _model.Info, Length);
            if (descent is { Words.Count: 0, Head: null, Ids.Length: < 2 }) throw new ArgumentException("A descent on the likelihood of its tokens needs two of them: the first predicts the second.", nameof(descent));
            if (Length == 0) throw new InvalidOperationException("Nothing is cached yet whose keys and values could be moved: run the prompt first.");
            if (descent.Keep)
            {
                for (var page = 0; page <= (Length - 1) / Page; page++) MakePrivate(page);
            }

            return new(_model.Descend(descent, [.. Enumerable.Range(0, Length).Select(Slot)], cancellationToken));
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Where in the cache a row lies.</summary>
    public long Slot(int row) => (long)_pages[row / Page] * Page + row % Page;

    /// <summary>Where in the cache the first rows begin, if <paramref name="length"/> of them lie together.</summary>
    public long? FirstSlotIfTogether(int length)
    {
        for (var page = 1; page * Page < length; page++)
        {
            if (_pages[page] != _pages[page - 1] + 1) return null;
        }

        return Slot(0);
    }

    /// <summary>
    /// Rows of attention weights come with a column per row of the forward; a tree row's belong to its ancestors, which are brought together
    /// behind the cached positions.
    /// </summary>
    public void LineUpTree(HostRows memory, in ResultBlock block, int heads)
    {
        if (!_request.IsTree) return;
        var parents = _request.Input.Parents.Span;
        var path = new List<int>();
        var reach = block.Stride / heads;
        for (var row = 0; row < block.Rows; row++)
        {
            path.Clear();
            for (var ancestor = row; ancestor >= 0; ancestor = parents[ancestor]) path.Insert(0, ancestor);
            for (var head = 0; head < heads; head++)
            {
                var columns = memory.Writable(block.Offset + (long)row * block.Stride + head * reach, reach)[Before..];
                for (var depth = 0; depth < path.Count; depth++) columns[depth] = columns[path[depth]];
            }
        }
    }

    protected override void Write(Stream destination) => TorchSequenceFile.Write(destination, _model, this);

    protected override void Reserve(int length)
    {
        for (var page = Length / Page; page <= (length - 1) / Page; page++)
        {
            if (page == _pages.Count) _pages.Add(_model.Cache.Rent(page == 0 ? -1 : _pages[page - 1]));
            else MakePrivate(page);
        }
    }

    protected override void Release(int length)
    {
        var pages = (length + Page - 1) / Page;
        for (var page = _pages.Count - 1; page >= pages; page--)
        {
            _model.Cache.Return(_pages[page]);
            _pages.RemoveAt(page);
        }
    }

    protected override void MoveRows(ReadOnlySpan<int> path)
    {
        var (from, to) = (new List<long>(), new List<long>());
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == i) continue;
            from.Add(Slot(Before + path[i]));
            to.Add(Slot(Before + i));
        }

        if (from.Count > 0) _model.Cache.MoveRows([.. from], [.. to]);
    }

    protected override EngineSequence Share(SequenceHistory? history)
    {
        var fork = new TorchSequence(_model, history);
        foreach (var page in _pages)
        {
            _model.Cache.AddUser(page);
            fork._pages.Add(page);
        }

        return fork;
    }

    protected override void Read(Stream source) => TorchSequenceFile.Read(source, _model, this);

    protected override void Free()
    {
        _model.Memory.Remove(this);
        Release(0);
    }

    private void MakePrivate(int page)
    {
        if (!_model.Cache.IsShared(_pages[page])) return;
        var copy = _model.Cache.Rent(page == 0 ? -1 : _pages[page - 1]);
        _model.Cache.CopyPage(_pages[page], copy);
        _model.Cache.Return(_pages[page]);
        _pages[page] = copy;
    }
}
