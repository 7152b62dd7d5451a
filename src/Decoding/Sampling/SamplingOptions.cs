namespace Decant.Decoding;

/// <summary>How a token is drawn from a row of logits.</summary>
/// <remarks>
/// Order of application: penalties (and other processors) → temperature → top-k → top-p → min-p. Each truncation sees the
/// renormalised outcome of the one before.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>Divisor of the logits: below 1 sharpens, above 1 flattens, 0 always takes the likeliest token. At least 0 and finite. Default: 1.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keep exactly this many of the likeliest tokens (the lowest ids among equals); at least 1. Null or more than the vocabulary: all.</summary>
    public int? TopK { get; init; }

    /// <summary>
    /// Keep the shortest run of likeliest tokens whose probabilities sum to at least this much; above 0, at most 1. Null or 1: all.
    /// </summary>
    public float? TopP { get; init; }

    /// <summary>Keep tokens at least this fraction as likely as the likeliest one; 0 … 1. Null or 0: all.</summary>
    public float? MinP { get; init; }

    /// <summary>
    /// Makes draws reproducible: the same seed, options, prompt and logits give the same tokens. Null: a fresh random seed for each request.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>Subtracted from a token's logit once for each time it was generated (the prompt does not count); −2 … 2. Default: 0.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted once from the logit of every token that was generated (the prompt does not count); −2 … 2. Default: 0.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Checks every member's range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    public void Validate()
    {
        Require(float.IsFinite(Temperature) && Temperature >= 0, Temperature, nameof(Temperature), "a finite number of at least 0 (0 is greedy)");
        Require(TopK is null or >= 1, TopK, nameof(TopK), "at least 1, or null for no limit");
        Require(TopP is null or (> 0 and <= 1), TopP, nameof(TopP), "above 0 and at most 1, or null for no limit");
        Require(MinP is null or (>= 0 and <= 1), MinP, nameof(MinP), "from 0 to 1, or null for no limit");
        Require(FrequencyPenalty is >= -2 and <= 2, FrequencyPenalty, nameof(FrequencyPenalty), "from -2 to 2");
        Require(PresencePenalty is >= -2 and <= 2, PresencePenalty, nameof(PresencePenalty), "from -2 to 2");
    }

    private static void Require(bool valid, object? value, string paramName, string range)
    {
        if (!valid) throw new ArgumentOutOfRangeException(paramName, value, $"{paramName} must be {range}.");
    }
}
