namespace Decant.Decoding;

/// <summary>The sampling slot: temperature, truncation and how a token is drawn.</summary>
public abstract record SamplerOptions : Strategy
{
    /// <summary>
    /// Makes draws reproducible: the same seed, options, prompt and logits give the same tokens. Null: a fresh random seed for each request.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>Whether the likeliest token is always taken.</summary>
    internal virtual bool IsGreedy => false;

    /// <summary>
    /// These options, with <paramref name="members"/> where they leave something open. A kind that has no use for a member that is set throws
    /// <see cref="ArgumentException"/> naming both.
    /// </summary>
    /// <param name="members">What ChatOptions' own members say, or a client's defaults.</param>
    public abstract SamplerOptions Complete(SamplingOptions members);

    /// <summary>Makes the sampler of one request, before its first generated token.</summary>
    public abstract ISampler Compile(PlanContext context);
}
