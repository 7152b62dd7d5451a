namespace Decant.Connectors.Training;

/// <summary>One round of <see cref="SelfImitation"/>.</summary>
/// <param name="Sampled">Answers drawn.</param>
/// <param name="Kept">Different ones that the critic let pass.</param>
/// <param name="SampleScore">The critic's mean score of all that were drawn.</param>
/// <param name="HeldOut">The critic's mean score of answers to held-out prompts behind the round, decoded without the prompts' constraints.</param>
public sealed record SelfImitationRound(int Sampled, int Kept, double SampleScore, double HeldOut);
