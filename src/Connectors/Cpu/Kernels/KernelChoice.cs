namespace Decant.Connectors.Cpu.Kernels;

/// <summary>Which instructions the kernels use: the widest the processor has. Tests choose the others to compare bits.</summary>
internal static class KernelChoice
{
    public static KernelPath Current { get; set; } =
        Simd512.IsSupported ? KernelPath.Avx512 : Simd256.IsSupported ? KernelPath.Avx2 : KernelPath.Portable;

    public static int MaxTokens => Current == KernelPath.Avx512 ? Simd512.MaxTokens : Simd256.MaxTokens;
}

/// <summary>Instruction sets with kernels of their own.</summary>
internal enum KernelPath
{
    Portable,
    Avx2,
    Avx512,
}
