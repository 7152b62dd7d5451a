using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Memory;

/// <summary>Host memory that one pass's results read from; back in its pool when the last of them is disposed.</summary>
internal sealed unsafe class HostRows(HostRowsPool pool, Tensor memory) : IDisposable
{
    private readonly float* _floats = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory.bytes));
    private int _users;

    public Tensor Memory => memory;

    public long Capacity { get; } = memory.NumberOfElements;

    public ReadOnlySpan<float> Span(long offset, int count) => new(_floats + offset, count);

    /// <summary>Moves the columns of tree rows; only before results are handed out.</summary>
    public Span<float> Writable(long offset, int count) => new(_floats + offset, count);

    public void AddUser() => Interlocked.Increment(ref _users);

    public void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) == 0) pool.Return(this);
    }

    public void Dispose() => memory.Dispose();
}
