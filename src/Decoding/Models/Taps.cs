namespace Decant.Decoding;

/// <summary>Inner values of a forward to return beside its logits. An engine that cannot give one throws <see cref="NotSupportedException"/> naming it.</summary>
public sealed record Taps
{
    /// <summary>
    /// Layers whose residual stream is returned for every row: 0 is the embedding output, i the output of layer i (1 … layer count),
    /// before the final norm.
    /// </summary>
    public IReadOnlyList<int> HiddenLayers { get; init; } = [];

    /// <summary>Whether to return, for every row, the final norm's output: what the output head reads.</summary>
    public bool FinalHidden { get; init; }

    /// <summary>Layers (as in <see cref="HiddenLayers"/>) whose residual stream is put through final norm (see <see cref="EarlyExitNorm"/>) and head, for the rows that get logits.</summary>
    public IReadOnlyList<int> EarlyExitLayers { get; init; } = [];

    /// <summary>
    /// Whether early exits go through the final norm, as the last layer's do. False: the head reads the residual stream as it is, which is what the code published
    /// with DoLa computes. Default: true.
    /// </summary>
    public bool EarlyExitNorm { get; init; } = true;

    /// <summary>Layers (1 … layer count) whose attention weights are returned for every row.</summary>
    public IReadOnlyList<int> AttentionLayers { get; init; } = [];

    /// <summary>Layers (1 … layer count) whose router logits are returned for every row; mixture-of-experts models only.</summary>
    public IReadOnlyList<int> RouterLayers { get; init; } = [];

    /// <summary>What either asks for. Early exits are <paramref name="first"/>'s way.</summary>
    internal static Taps? Union(Taps? first, Taps? second)
    {
        if (first is null || second is null) return first ?? second;
        return first with
        {
            HiddenLayers = [.. first.HiddenLayers.Union(second.HiddenLayers)],
            FinalHidden = first.FinalHidden || second.FinalHidden,
            EarlyExitLayers = [.. first.EarlyExitLayers.Union(second.EarlyExitLayers)],
            AttentionLayers = [.. first.AttentionLayers.Union(second.AttentionLayers)],
            RouterLayers = [.. first.RouterLayers.Union(second.RouterLayers)],
        };
    }
}
