namespace Decant.Samples.TrainTiny.Evaluation;

/// <summary>What a model said.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Reasoning">What it thought before, or "".</param>
/// <param name="Tokens">How many tokens it generated.</param>
internal sealed record Answer(string Text, string Reasoning, int Tokens);
