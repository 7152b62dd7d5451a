namespace Decant.Samples.Agents;

/// <summary>What came of a step.</summary>
/// <param name="Name">The step.</param>
/// <param name="Strategy">How it was done.</param>
/// <param name="Text">What it gave.</param>
/// <param name="Forwards">Forwards of the model; null where a function does not say.</param>
/// <param name="Succeeded">Whether it may be relied on.</param>
internal sealed record StepResult(string Name, string Strategy, string Text, int? Forwards, bool Succeeded = true);
