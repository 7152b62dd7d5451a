namespace Decant.Connectors.Training;

/// <summary>What <see cref="SelfImitation"/> did.</summary>
/// <param name="Before">The critic's mean score of answers to held-out prompts before the first round, decoded without the prompts' constraints.</param>
/// <param name="Rounds">The rounds, in order.</param>
public sealed record SelfImitationReport(double Before, IReadOnlyList<SelfImitationRound> Rounds);
