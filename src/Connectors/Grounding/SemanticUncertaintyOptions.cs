namespace Decant.Connectors.Grounding;

/// <summary>How <see cref="SemanticUncertainty"/> samples and counts.</summary>
public sealed record SemanticUncertaintyOptions
{
    /// <summary>Answers to draw; at least 1. Default: 10.</summary>
    public int Samples { get; init; } = 10;

    /// <summary>Temperature they are drawn at; above 0 and finite. Default: 1.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>
    /// Whether a meaning weighs as many samples as it has, as for any chat client. False: each sample counts with its likelihood, exp of the mean log-probability of its tokens, which
    /// needs a model in this process. Default: false.
    /// </summary>
    public bool Discrete { get; init; }

    /// <summary>Makes the draws reproducible: sample i has seed <c>Seed</c> + i. Null (default): fresh seeds.</summary>
    public long? Seed { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Samples, 1);
        if (!(Temperature > 0 && float.IsFinite(Temperature)))
            throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "Temperature must be above 0 and finite: at 0 every sample is the same.");
    }
}
