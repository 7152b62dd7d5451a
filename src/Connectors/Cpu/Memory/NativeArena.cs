namespace Decant.Connectors.Cpu.Memory;

/// <summary>
/// Memory for a model's weights, in slabs large enough for 2 MB pages: matrices are often smaller than one, and on small pages the
/// processor's address tables, not its memory, would bound the speed. Freed as a whole.
/// </summary>
internal sealed class NativeArena : IDisposable
{
    private const long SlabBytes = 64L << 20;
    private const long CacheLine = 64;

    private readonly List<NativeBuffer> _slabs = [];
    private long _used;

    public NativeBuffer Take(long bytes)
    {
        if (_slabs.Count == 0 || _used + bytes > _slabs[^1].Bytes)
        {
            _slabs.Add(new NativeBuffer(Math.Max(bytes, SlabBytes)));
            _used = 0;
        }

        var part = _slabs[^1].Part(_used, bytes);
        _used += (bytes + CacheLine - 1) / CacheLine * CacheLine;
        return part;
    }

    public void Dispose()
    {
        foreach (var slab in _slabs) slab.Dispose();
        _slabs.Clear();
    }
}
