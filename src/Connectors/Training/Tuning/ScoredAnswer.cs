namespace Decant.Connectors.Training;

/// <summary>An answer with its worth.</summary>
/// <param name="Prompt">What it answers.</param>
/// <param name="Text">The answer.</param>
/// <param name="IsComplete">Whether it ends there.</param>
/// <param name="Score">What the reward found it worth; null for one that was cut off where the reward scores whole texts only.</param>
internal sealed record ScoredAnswer(TuningPrompt Prompt, string Text, bool IsComplete, double? Score);
