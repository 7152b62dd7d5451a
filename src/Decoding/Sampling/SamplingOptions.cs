namespace Decant.Decoding;

/// <summary>How a token is drawn from a row of logits.</summary>
/// <remarks>
/// Order of application: penalties (and other processors) → temperature → top-k → top-p → min-p. Each truncation sees the
/// renormalised outcome of the one before.
/// </remarks>
public sealed record SamplingOptions : SamplerOptions
{
    /// <inheritdoc/>
    public override string Kind => "sample";

    /// <summary>Divisor of the logits: below 1 sharpens, above 1 flattens, 0 always takes the likeliest token. At least 0 and finite. Null: 1.</summary>
    public float? Temperature { get; init; }

    /// <summary>Keep exactly this many of the likeliest tokens (the lowest ids among equals); at least 1. Null or more than the vocabulary: all.</summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Keep the shortest run of likeliest tokens whose probabilities sum to at least this much; above 0, at most 1. Null or 1: all.
    /// </summary>
    public float? TopP { get; init; }

    /// <summary>Keep tokens at least this fraction as likely as the likeliest one; 0 … 1. Null or 0: all.</summary>
    public float? MinP { get; init; }

    internal override bool IsGreedy => this is { Temperature: 0 } or { TopK: 1 };

    /// <inheritdoc/>
    public override void Validate()
    {
        Require(Temperature is null || (float.IsFinite(Temperature.Value) && Temperature >= 0), Temperature, nameof(Temperature), "a finite number of at least 0 (0 is greedy)");
        Require(TopK is null or >= 1, TopK, nameof(TopK), "at least 1, or null for no limit");
        Require(TopP is null or (> 0 and <= 1), TopP, nameof(TopP), "above 0 and at most 1, or null for no limit");
        Require(MinP is null or (>= 0 and <= 1), MinP, nameof(MinP), "from 0 to 1, or null for no limit");
    }

    /// <inheritdoc/>
    public override ISampler Compile(PlanContext context) => new TruncatedSampler(this);

    /// <inheritdoc/>
    public override SamplerOptions Complete(SamplingOptions members) => this with
    {
        Temperature = Temperature ?? members.Temperature,
        TopK = TopK ?? members.TopK,
        TopP = TopP ?? members.TopP,
        MinP = MinP ?? members.MinP,
        Seed = Seed ?? members.Seed,
    };
}
