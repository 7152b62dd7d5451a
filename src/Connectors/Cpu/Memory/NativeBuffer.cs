using System.Runtime.InteropServices;

namespace Decant.Connectors.Cpu.Memory;

/// <summary>Zeroed native memory, aligned to a cache line; freed on dispose, or by the finaliser when a caller forgot.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const nuint Alignment = 64;
    private void* _pointer;

    public NativeBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        _pointer = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), Alignment);
        NativeMemory.Clear(_pointer, (nuint)bytes);
        if (bytes > 0) GC.AddMemoryPressure(bytes);
    }

    ~NativeBuffer() => Free();

    public long Bytes { get; }

    public byte* Pointer => (byte*)_pointer;

    public float* Floats => (float*)_pointer;

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_pointer is null) return;
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        if (Bytes > 0) GC.RemoveMemoryPressure(Bytes);
    }
}
