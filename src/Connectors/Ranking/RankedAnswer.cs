namespace Decant.Connectors.Ranking;

/// <summary>One candidate of a <see cref="GeneratorRanking"/>.</summary>
/// <param name="Text">The answer.</param>
/// <param name="LogProbability">ln p of it, its end included; the mean over its tokens where likelihoods are per token.</param>
public sealed record RankedAnswer(string Text, double LogProbability);
