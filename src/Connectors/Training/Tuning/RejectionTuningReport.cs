namespace Decant.Connectors.Training;

/// <summary>What a <see cref="RejectionTuner"/> did.</summary>
/// <param name="Before">The mean reward of answers to held-out prompts before.</param>
/// <param name="After">The same behind it.</param>
/// <param name="Sampled">Answers drawn to learn from.</param>
/// <param name="Learned">Different answers among those that were chosen.</param>
public sealed record RejectionTuningReport(double Before, double After, int Sampled, int Learned);
