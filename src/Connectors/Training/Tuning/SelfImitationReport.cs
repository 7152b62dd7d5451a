namespace Decant.Connectors.Training;

/// <summary>What <see cref="SelfImitation"/> did.</summary>
/// <param name="Before">The critic's mean score of answers to held-out prompts before the first round, decoded without the prompts' constraints.</param>
/// <param name="Rounds">The rounds, in order.</param>
public sealed record SelfImitationReport(double Before, IReadOnlyList<SelfImitationRound> Rounds);

/// <summary>One round of <see cref="SelfImitation"/>.</summary>
/// <param name="Sampled">Answers drawn.</param>
/// <param name="Kept">Different ones that the critic let pass.</param>
/// <param name="SampleScore">The critic's mean score of all that were drawn.</param>
/// <param name="HeldOut">The critic's mean score of answers to held-out prompts behind the round, decoded without the prompts' constraints.</param>
public sealed record SelfImitationRound(int Sampled, int Kept, double SampleScore, double HeldOut);
