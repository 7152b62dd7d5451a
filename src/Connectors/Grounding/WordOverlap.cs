namespace Decant.Connectors.Grounding;

/// <summary>A text follows from another when most of its words are there. Quick and without a model; it cannot tell "red" from "not red".</summary>
public sealed class WordOverlap : IEntailmentJudge
{
    private readonly double _share;

    /// <summary>Creates the judge.</summary>
    /// <param name="share">Share of the hypothesis' different words that the premise must have; above 0, at most 1. Default: 0.8.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="share"/> is out of range.</exception>
    public WordOverlap(double share = 0.8)
    {
        if (share is not (> 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "The share must be above 0 and at most 1.");
        _share = share;
    }

    /// <inheritdoc/>
    public bool IsApproximate => true;

    /// <inheritdoc/>
    public ValueTask<bool> EntailsAsync(string question, string premise, string hypothesis, CancellationToken cancellationToken = default)
    {
        var wanted = NormalizedMatch.Words(hypothesis).ToHashSet(StringComparer.Ordinal);
        var there = NormalizedMatch.Words(premise).ToHashSet(StringComparer.Ordinal);
        return new(wanted.Count(there.Contains) >= _share * wanted.Count);
    }
}
