using Decant.Connectors.Grounding;

namespace Decant.Connectors.SemanticKernel;

/// <summary>How the functions of a <see cref="DecodingPlugin"/> work.</summary>
public sealed record DecodingPluginOptions
{
    /// <summary>Ranks candidates. Null: by ln p of each as the whole answer of the client's model, read and not generated.</summary>
    public CandidateScorer? Scorer { get; init; }

    /// <summary>Asked whether a sentence follows from the passage that it comes from. Default: <see cref="WordOverlap"/> of 0.7.</summary>
    public IEntailmentJudge Judge { get; init; } = new WordOverlap(0.7);

    /// <summary>Most tokens of an answer; at least 1. Default: 200.</summary>
    public int MaxOutputTokens { get; init; } = 200;

    /// <summary>The temperature that brainstorming begins with, above 0 and finite; it rises by a quarter of itself each time too few ideas differ. Default: 0.8.</summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>Makes brainstorming reproducible. Null: other ideas each time.</summary>
    public long? Seed { get; init; }

    /// <exception cref="ArgumentException">A member is out of range; the exception names it.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Judge);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxOutputTokens, 1);
        if (!float.IsFinite(Temperature) || Temperature <= 0) throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "Temperature must be above 0 and finite.");
    }
}
