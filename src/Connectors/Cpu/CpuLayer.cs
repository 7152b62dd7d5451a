using Decant.Connectors.Cpu.Kernels;

namespace Decant.Connectors.Cpu;

/// <summary>One layer's weights. Query, key and value are one matrix; gate and up alternate panel by panel, so that one thread has both.</summary>
internal sealed class CpuLayer : IDisposable
{
    public required PackedMatrix Qkv { get; init; }

    public required PackedMatrix Output { get; init; }

    /// <summary>Gate and up panels in turn, or up alone for a plain two-layer block.</summary>
    public required PackedMatrix GateUp { get; init; }

    public required PackedMatrix Down { get; init; }

    public CpuVector? QkvBias { get; init; }

    public CpuVector? OutputBias { get; init; }

    public CpuVector? UpBias { get; init; }

    public CpuVector? DownBias { get; init; }

    public CpuNorm? InputNorm { get; init; }

    public CpuNorm? PostAttentionNorm { get; init; }

    public CpuNorm? PreMlpNorm { get; init; }

    public CpuNorm? PostMlpNorm { get; init; }

    public CpuNorm? QueryNorm { get; init; }

    public CpuNorm? KeyNorm { get; init; }

    public void Dispose()
    {
        foreach (var vector in (CpuVector?[])[QkvBias, OutputBias, UpBias, DownBias]) vector?.Dispose();
        foreach (var norm in (CpuNorm?[])[InputNorm, PostAttentionNorm, PreMlpNorm, PostMlpNorm, QueryNorm, KeyNorm]) norm?.Dispose();
    }
}
