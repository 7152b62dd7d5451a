using System.Collections.Concurrent;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Memory;

/// <summary>Buffers for rows that leave the device; page-locked for CUDA, which then copies at full speed.</summary>
internal sealed class HostRowsPool(bool pinned) : IDisposable
{
    // Larger buffers (a whole prompt's logits) are given back instead of kept.
    private const long KeptFloats = 8L << 20;
    private const int KeptBuffers = 4;

    private readonly ConcurrentBag<HostRows> _free = [];
    private volatile bool _disposed;

    public HostRows Rent(long floats)
    {
        if (_free.TryTake(out var rows))
        {
            if (rows.Capacity >= floats) return rows;
            rows.Dispose();
        }

        using var scope = NewDisposeScope();
        // The span of a tensor is limited to 2 GiB, its memory is not.
        var memory = empty(Math.Max(floats, 1024), ScalarType.Float32);
        return new HostRows(this, (pinned ? memory.pin_memory() : memory).DetachFromDisposeScope());
    }

    public void Return(HostRows rows)
    {
        if (_disposed || rows.Capacity > KeptFloats || _free.Count >= KeptBuffers) rows.Dispose();
        else _free.Add(rows);
    }

    public void Dispose()
    {
        _disposed = true;
        while (_free.TryTake(out var rows)) rows.Dispose();
    }
}
