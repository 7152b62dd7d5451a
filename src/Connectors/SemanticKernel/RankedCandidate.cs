namespace Decant.Connectors.SemanticKernel;

/// <summary>A candidate of a ranking.</summary>
/// <param name="Candidate">Its text.</param>
/// <param name="Score">What the ranking makes of it; larger is better.</param>
public sealed record RankedCandidate(string Candidate, double Score);
