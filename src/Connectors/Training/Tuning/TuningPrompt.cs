using Decant.Decoding;

namespace Decant.Connectors.Training;

/// <summary>A request that a model answers in order to learn from its own answers.</summary>
/// <param name="Text">What the user says.</param>
/// <param name="Decoding">How the answers to learn from are decoded, such as under constraints; null as the client does by default. Held-out answers are written without.</param>
public sealed record TuningPrompt(string Text, DecodingOptions? Decoding = null);
