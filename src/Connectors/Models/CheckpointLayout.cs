namespace Decant.Connectors.Models;

/// <summary>Where a checkpoint's weights lie.</summary>
public sealed record CheckpointLayout
{
    /// <summary>Token embedding table.</summary>
    public required WeightSlice Embedding { get; init; }

    /// <summary>Output head, or null when it is the embedding table.</summary>
    public WeightSlice? Head { get; init; }

    /// <summary>Learned position table, or null for rotary models.</summary>
    public WeightSlice? PositionEmbedding { get; init; }

    /// <summary>The last norm.</summary>
    public required NormWeights FinalNorm { get; init; }

    /// <summary>The layers, from 0.</summary>
    public required IReadOnlyList<LayerWeights> Layers { get; init; }

    /// <summary>Every tensor the model needs, with its shape.</summary>
    public IEnumerable<(string Name, long[] Shape)> Tensors()
    {
        foreach (var slice in Slices()) yield return (slice.Tensor, slice.Transposed ? [slice.Columns, slice.TensorRows] : [slice.TensorRows, slice.Columns]);
        foreach (var layer in Layers)
        {
            foreach (var bias in (VectorSlice?[])[layer.QueryBias, layer.KeyBias, layer.ValueBias, layer.OutputBias, layer.GateBias, layer.UpBias, layer.DownBias])
            {
                if (bias is not null) yield return (bias.Tensor, [bias.TensorCount]);
            }
        }

        foreach (var norm in Norms())
        {
            yield return (norm.Weight, [norm.Count]);
            if (norm.Bias is not null) yield return (norm.Bias, [norm.Count]);
        }
    }

    /// <summary>Every matrix.</summary>
    public IEnumerable<WeightSlice> Slices()
    {
        yield return Embedding;
        if (Head is not null) yield return Head;
        if (PositionEmbedding is not null) yield return PositionEmbedding;
        foreach (var layer in Layers)
        {
            foreach (var slice in (WeightSlice?[])[layer.Query, layer.Key, layer.Value, layer.Output, layer.Gate, layer.Up, layer.Down])
            {
                if (slice is not null) yield return slice;
            }
        }
    }

    private IEnumerable<NormWeights> Norms()
    {
        yield return FinalNorm;
        foreach (var layer in Layers)
        {
            foreach (var norm in (NormWeights?[])[layer.InputNorm, layer.PostAttentionNorm, layer.PreMlpNorm, layer.PostMlpNorm, layer.QueryNorm, layer.KeyNorm])
            {
                if (norm is not null) yield return norm;
            }
        }
    }
}
