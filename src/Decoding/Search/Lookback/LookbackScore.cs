namespace Decant.Decoding;

/// <summary>How faithful an answer looks to its documents.</summary>
/// <param name="Probability">Of the whole answer, from its tokens' mean ratios; 0 … 1.</param>
/// <param name="Chunks">The same for each run of so many tokens; the last may be shorter.</param>
public sealed record LookbackScore(double Probability, IReadOnlyList<double> Chunks);
