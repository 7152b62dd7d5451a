namespace Decant.Connectors.Grounding;

/// <summary>How sure a model is of one sentence of an answer.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Measure">What sentences drawn in its place mean. Abstain from it where <see cref="SemanticMeasure.Entropy"/> is above a threshold that your own data suggest.</param>
public sealed record SentenceUncertainty(string Text, SemanticMeasure Measure);
