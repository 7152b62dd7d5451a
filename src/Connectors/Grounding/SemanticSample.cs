namespace Decant.Connectors.Grounding;

/// <summary>A drawn answer.</summary>
/// <param name="Text">What it says.</param>
/// <param name="LogLikelihood">What it counts with: ln of its likelihood, the mean over its tokens where it is normalised by length. Null: as one sample.</param>
public sealed record SemanticSample(string Text, double? LogLikelihood = null);
