using Decant.Connectors.Cpu.Forward;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Engines;
using Decant.Decoding;

namespace Decant.Connectors.Cpu;

/// <summary>One sequence's pages of keys and values. Forks share pages; a page is copied when a sharer writes into it.</summary>
internal sealed unsafe class CpuSequence : EngineSequence
{
    private readonly CpuModel _model;
    private readonly List<KvPage> _pages = [];
    private readonly ForwardEntry _entry;
    private CpuForwardResult? _spare;

    public CpuSequence(CpuModel model)
        : this(model, model.Memory.History())
    {
    }

    private CpuSequence(CpuModel model, SequenceHistory? history)
        : base(history)
    {
        _model = model;
        _entry = new ForwardEntry(this);
        model.Memory.Add(this);
    }

    public override ICausalModel Model => _model;

    protected override ForwardRequest Request => _entry;

    public override ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default) =>
        _model.ForwardAsync(this, input, cancellationToken);

    protected override void Write(Stream destination) => SequenceFile.Write(destination, _model, this);

    public float* Page(int index) => _pages[index].Floats;

    public CpuForwardResult RentResult() => Interlocked.Exchange(ref _spare, null) ?? new CpuForwardResult(this, _model.Info);

    public void Recycle(CpuForwardResult result)
    {
        if (IsDisposed || Interlocked.CompareExchange(ref _spare, result, null) is not null) result.Free();
    }

    protected override void Reserve(int length)
    {
        for (var page = Length / KvLayout.PageTokens; page <= (length - 1) / KvLayout.PageTokens; page++)
        {
            if (page == _pages.Count) _pages.Add(_model.Pages.Rent());
            else MakePrivate(page);
        }
    }

    protected override void Release(int length)
    {
        var pages = (length + KvLayout.PageTokens - 1) / KvLayout.PageTokens;
        for (var page = _pages.Count - 1; page >= pages; page--)
        {
            _model.Pages.Return(_pages[page]);
            _pages.RemoveAt(page);
        }
    }

    protected override void MoveRows(ReadOnlySpan<int> path)
    {
        for (var i = 0; i < path.Length; i++) MoveRow(Before + path[i], Before + i);
    }

    protected override EngineSequence Share(SequenceHistory? history)
    {
        var fork = new CpuSequence(_model, history);
        foreach (var page in _pages)
        {
            page.AddUser();
            fork._pages.Add(page);
        }

        return fork;
    }

    protected override void Read(Stream source) => SequenceFile.Read(source, _model, this);

    protected override void Free()
    {
        _model.Memory.Remove(this);
        foreach (var page in _pages) _model.Pages.Return(page);
        _pages.Clear();
        _spare?.Free();
        _spare = null;
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
