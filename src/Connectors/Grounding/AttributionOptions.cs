namespace Decant.Connectors.Grounding;

/// <summary>What counts as a source in <see cref="CitationAttribution"/>.</summary>
public sealed record AttributionOptions
{
    /// <summary>Smallest score, in nats, from which a passage supports a sentence: how much likelier the passage makes it. Finite. Default: 1, which is e-fold.</summary>
    public double Threshold { get; init; } = 1;

    /// <summary>Whether scores are means over the sentence's tokens rather than sums. Default: false.</summary>
    public bool PerToken { get; init; }

    /// <summary>Whether <see cref="AttributedAnswer.Text"/> leaves unsupported sentences out. Default: false.</summary>
    public bool DropUnsupported { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    public void Validate()
    {
        if (!double.IsFinite(Threshold)) throw new ArgumentOutOfRangeException(nameof(Threshold), Threshold, "Threshold must be a finite number of nats.");
    }
}
