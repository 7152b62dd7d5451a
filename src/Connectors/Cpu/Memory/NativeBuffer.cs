using System.Runtime.InteropServices;

namespace Decant.Connectors.Cpu.Memory;

/// <summary>Zeroed native memory, aligned to a cache line; freed on dispose, or by the finaliser when a caller forgot.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    private const int CacheLine = 64;

    // Weights are read front to back: with 2 MB pages the processor's address tables do not run out.
    private const int HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    private readonly bool _isPart;
    private void* _pointer;

    public NativeBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Bytes = bytes;
        var huge = bytes >= 4 * HugePage && OperatingSystem.IsLinux();
        _pointer = NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), huge ? HugePage : (nuint)CacheLine);
        if (huge) _ = Advise(_pointer, (nuint)bytes, AdviseHugePages);
        NativeMemory.Clear(_pointer, (nuint)bytes);
        if (bytes > 0) GC.AddMemoryPressure(bytes);
    }

    private NativeBuffer(byte* part, long bytes)
    {
        _pointer = part;
        Bytes = bytes;
        _isPart = true;
    }

    ~NativeBuffer() => Free();

    public long Bytes { get; }

    public byte* Pointer => (byte*)_pointer;

    public float* Floats => (float*)_pointer;

    /// <summary>A view of some of this buffer's bytes, valid while it lives.</summary>
    public NativeBuffer Part(long start, long bytes) => new(Pointer + start, bytes);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // A hint: where the kernel refuses it, pages stay small and nothing else changes.
    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(void* start, nuint length, int advice);

    private void Free()
    {
        if (_pointer is null || _isPart) return;
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        if (Bytes > 0) GC.RemoveMemoryPressure(Bytes);
    }
}
