namespace Decant.Connectors.Grounding;

/// <summary>How <see cref="SequenceMarginalization"/> weighs documents and finds candidates.</summary>
public sealed record SequenceMarginalizationOptions
{
    /// <summary>Divides the documents' retrieval scores before the softmax over them: below 1 trusts the best more; above 0. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Documents that count, those of the largest scores; at least 1. Default: 4.</summary>
    public int Contexts { get; init; } = 4;

    /// <summary>Answers written from each document: the likeliest, and drawn ones where more are wanted; at least 1. Default: 1.</summary>
    public int CandidatesPerDocument { get; init; } = 1;

    /// <summary>Makes drawn candidates reproducible. Null (default): fresh seeds.</summary>
    public long? Seed { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    public void Validate()
    {
        if (!(Temperature > 0 && double.IsFinite(Temperature))) throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "Temperature must be above 0 and finite.");
        ArgumentOutOfRangeException.ThrowIfLessThan(Contexts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CandidatesPerDocument, 1);
    }
}
