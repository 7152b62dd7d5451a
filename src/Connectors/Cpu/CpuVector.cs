using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;

namespace Decant.Connectors.Cpu;

/// <summary>A float32 vector, padded with zeros to whole panels.</summary>
internal sealed unsafe class CpuVector : IDisposable
{
    private readonly NativeBuffer _memory;

    public CpuVector(int count)
    {
        Count = count;
        _memory = new NativeBuffer((count + PackedMatrix.PanelRows - 1L) / PackedMatrix.PanelRows * PackedMatrix.PanelRows * sizeof(float));
    }

    public int Count { get; }

    public float* Floats => _memory.Floats;

    public Span<float> Span => new(Floats, Count);

    public void Dispose() => _memory.Dispose();
}
