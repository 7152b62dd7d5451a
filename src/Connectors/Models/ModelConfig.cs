namespace Decant.Connectors.Models;

/// <summary>One flat, engine-independent description of a transformer, read from config.json. Pure data.</summary>
public sealed record ModelConfig
{
    /// <summary>config.json's <c>model_type</c>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Rows of the embedding table: length of a logits row.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width inside the feed-forward block.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>Number of key and value heads; divides <see cref="HeadCount"/>.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Largest number of positions.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Kind of norm. Default RMSNorm.</summary>
    public NormKind Norm { get; init; }

    /// <summary>ε inside the norms' square root.</summary>
    public float NormEpsilon { get; init; } = 1e-6f;

    /// <summary>Whether norm weights are stored as their difference from 1 (Gemma).</summary>
    public bool NormAddsOne { get; init; }

    /// <summary>The feed-forward block's nonlinearity.</summary>
    public Activation Activation { get; init; }

    /// <summary>Whether the feed-forward block multiplies two projections (SwiGLU, GeGLU) or has one.</summary>
    public bool Gated { get; init; } = true;

    /// <summary>Rotary embedding of layers with full attention; null for learned positions.</summary>
    public RotarySettings? Rotary { get; init; }

    /// <summary>Rotary embedding of sliding layers where it differs (Gemma 3).</summary>
    public RotarySettings? LocalRotary { get; init; }

    /// <summary>Layers without any rotary embedding (SmolLM3).</summary>
    public IReadOnlyList<bool> SkipsRotary { get; init; } = [];

    /// <summary>Positions a sliding layer sees, itself included; null when no layer slides.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>Which layers use the sliding window.</summary>
    public IReadOnlyList<bool> SlidingLayers { get; init; } = [];

    /// <summary>Factor on query · key.</summary>
    public required float AttentionScale { get; init; }

    /// <summary>Cap c of c · tanh(score / c), or null.</summary>
    public float? AttentionSoftcap { get; init; }

    /// <summary>Cap on the logits, or null.</summary>
    public float? FinalSoftcap { get; init; }

    /// <summary>Factor on embedding rows.</summary>
    public float EmbeddingMultiplier { get; init; } = 1;

    /// <summary>Factor on what a sub-layer adds to the residual stream.</summary>
    public float ResidualMultiplier { get; init; } = 1;

    /// <summary>Factor on the logits.</summary>
    public float LogitsMultiplier { get; init; } = 1;

    /// <summary>Whether the output head is the embedding table.</summary>
    public bool TieEmbeddings { get; init; }

    /// <summary>config.json's <c>bos_token_id</c>, if any.</summary>
    public int? BeginOfTextId { get; init; }

    /// <summary>config.json's <c>eos_token_id</c>: one, several or none.</summary>
    public IReadOnlyList<int> EndOfTextIds { get; init; } = [];

    /// <summary>Whether layer <paramref name="layer"/> (from 0) sees only <see cref="SlidingWindow"/> positions.</summary>
    public bool IsSliding(int layer) => SlidingWindow is not null && layer < SlidingLayers.Count && SlidingLayers[layer];

    /// <summary>The rotary embedding of layer <paramref name="layer"/> (from 0), or null when it has none.</summary>
    public RotarySettings? RotaryFor(int layer)
    {
        if (layer < SkipsRotary.Count && SkipsRotary[layer]) return null;
        return IsSliding(layer) && LocalRotary is not null ? LocalRotary : Rotary;
    }

    /// <summary>The context to open the model with.</summary>
    /// <param name="wanted">An option's value; null takes <see cref="ContextLength"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is more than the model was made for.</exception>
    internal int ContextFor(int? wanted)
    {
        if (wanted is not { } length || length <= ContextLength) return wanted ?? ContextLength;
        throw new ArgumentOutOfRangeException(
            nameof(wanted), length, $"ContextLength {length} is more than the {ContextLength} tokens the model was made for (max_position_embeddings).");
    }
}
