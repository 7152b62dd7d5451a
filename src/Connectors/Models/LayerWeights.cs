namespace Decant.Connectors.Models;

/// <summary>Where one layer's weights lie. Null where the family has none.</summary>
public sealed record LayerWeights
{
    /// <summary>Query projection.</summary>
    public required WeightSlice Query { get; init; }

    /// <summary>Key projection.</summary>
    public required WeightSlice Key { get; init; }

    /// <summary>Value projection.</summary>
    public required WeightSlice Value { get; init; }

    /// <summary>Attention's output projection.</summary>
    public required WeightSlice Output { get; init; }

    /// <summary>Gate projection of a gated feed-forward block.</summary>
    public WeightSlice? Gate { get; init; }

    /// <summary>Up projection.</summary>
    public required WeightSlice Up { get; init; }

    /// <summary>Down projection.</summary>
    public required WeightSlice Down { get; init; }

    /// <summary>Query bias.</summary>
    public VectorSlice? QueryBias { get; init; }

    /// <summary>Key bias.</summary>
    public VectorSlice? KeyBias { get; init; }

    /// <summary>Value bias.</summary>
    public VectorSlice? ValueBias { get; init; }

    /// <summary>Output bias.</summary>
    public VectorSlice? OutputBias { get; init; }

    /// <summary>Gate bias.</summary>
    public VectorSlice? GateBias { get; init; }

    /// <summary>Up bias.</summary>
    public VectorSlice? UpBias { get; init; }

    /// <summary>Down bias.</summary>
    public VectorSlice? DownBias { get; init; }

    /// <summary>Norm of attention's input.</summary>
    public NormWeights? InputNorm { get; init; }

    /// <summary>Norm of attention's output, before it is added.</summary>
    public NormWeights? PostAttentionNorm { get; init; }

    /// <summary>Norm of the feed-forward block's input.</summary>
    public NormWeights? PreMlpNorm { get; init; }

    /// <summary>Norm of the feed-forward block's output, before it is added.</summary>
    public NormWeights? PostMlpNorm { get; init; }

    /// <summary>Norm of queries: per head, or of the whole projection when its length says so.</summary>
    public NormWeights? QueryNorm { get; init; }

    /// <summary>Norm of keys, like <see cref="QueryNorm"/>.</summary>
    public NormWeights? KeyNorm { get; init; }
}
