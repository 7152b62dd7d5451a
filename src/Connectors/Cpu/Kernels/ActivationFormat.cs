namespace Decant.Connectors.Cpu.Kernels;

/// <summary>How a matrix wants its inputs.</summary>
/// <param name="GroupSize">0: float32. Otherwise int16 with one scale per this many columns (a multiple of 2).</param>
internal readonly record struct ActivationFormat(int GroupSize)
{
    public bool IsFloat => GroupSize == 0;
}
