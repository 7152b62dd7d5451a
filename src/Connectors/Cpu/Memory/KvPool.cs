using System.Collections.Concurrent;

namespace Decant.Connectors.Cpu.Memory;

/// <summary>Pages of one model, kept for reuse after their last user.</summary>
/// <param name="layout">What a page holds.</param>
/// <param name="mostPages">Most pages in use at a time.</param>
internal sealed unsafe class KvPool(KvLayout layout, int mostPages = int.MaxValue) : IDisposable
{
    private readonly ConcurrentBag<KvPage> _free = [];
    private volatile bool _disposed;
    private int _inUse;

    public KvLayout Layout => layout;

    /// <summary>Pages that sequences hold, one that several share counted once.</summary>
    public int PagesInUse => Volatile.Read(ref _inUse);

    /// <summary>Their bytes.</summary>
    public long BytesInUse => PagesInUse * layout.PageFloats * sizeof(float);

    /// <exception cref="InsufficientMemoryException">All pages are in use.</exception>
    public KvPage Rent()
    {
        if (Interlocked.Increment(ref _inUse) > mostPages)
        {
            Interlocked.Decrement(ref _inUse);
            throw new InsufficientMemoryException($"All {mostPages} pages of keys and values ({(long)mostPages * KvLayout.PageTokens} tokens) are in use. Raise {nameof(CpuModelOptions)}.{nameof(CpuModelOptions.KvTokens)}, or send less at a time.");
        }

        if (_free.TryTake(out var page))
        {
            page.Reset();
            return page;
        }

        try
        {
            return new KvPage(new NativeBuffer(layout.PageFloats * sizeof(float)));
        }
        catch
        {
            Interlocked.Decrement(ref _inUse);
            throw;
        }
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
        Interlocked.Decrement(ref _inUse);
        if (_disposed) page.Free();
        else _free.Add(page);
    }

    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out var page)) page.Free();
    }
}
