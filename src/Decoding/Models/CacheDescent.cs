namespace Decant.Decoding;

/// <summary>Gradient steps on a sequence's cached keys and values.</summary>
/// <param name="Ids">Tokens that are read behind the cache; at least one, at least two where the loss is theirs.</param>
/// <param name="Steps">Steps; at least 0.</param>
/// <param name="StepSize">Size of a step; above 0.</param>
public sealed record CacheDescent(ReadOnlyMemory<int> Ids, int Steps, double StepSize)
{
    /// <summary>
    /// Tokens of which one should come next: the loss is −ln of their probability together. Empty, and without a <see cref="Head"/>: the loss is the mean −ln p of <see cref="Ids"/> but for the first.
    /// </summary>
    public IReadOnlyList<int> Words { get; init; } = [];

    /// <summary>A head over final hidden states that should find the last token's likely: −ln σ of its logit is the loss, or added to it. Null: none.</summary>
    public LinearHead? Head { get; init; }

    /// <summary>With <see cref="Words"/> or a <see cref="Head"/>: what the divergence of the next token's distribution from what it was before the first step adds to the loss, at least 0. Default: 0.</summary>
    public double KlScale { get; init; }

    /// <summary>A layer's step is its gradient times the step size, divided by the gradient's norm to this power. Null: the steps are Adam's.</summary>
    public double? Gamma { get; init; }

    /// <summary>Whether the sequence keeps the moved keys and values, in pages of its own. Default: false, and nothing of it changes.</summary>
    public bool Keep { get; init; }
}
