using System.Collections.Concurrent;

namespace Decant.Connectors.Cpu.Memory;

/// <summary>Pages of one model, kept for reuse after their last user.</summary>
internal sealed unsafe class KvPool(KvLayout layout) : IDisposable
{
    private readonly ConcurrentBag<KvPage> _free = [];
    private volatile bool _disposed;

    public KvLayout Layout => layout;

    public KvPage Rent()
    {
        if (!_free.TryTake(out var page)) return new KvPage(new NativeBuffer(layout.PageFloats * sizeof(float)));
        page.Reset();
        return page;
    }

    public KvPage Copy(KvPage source)
    {
        var page = Rent();
        var bytes = layout.PageFloats * sizeof(float);
        Buffer.MemoryCopy(source.Floats, page.Floats, bytes, bytes);
        return page;
    }

    public void Return(KvPage page)
    {
        if (!page.RemoveUser()) return;
        if (_disposed) page.Free();
        else _free.Add(page);
    }

    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out var page)) page.Free();
    }
}
