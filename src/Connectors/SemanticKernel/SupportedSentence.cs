namespace Decant.Connectors.SemanticKernel;

/// <summary>A sentence and whether a passage supports it.</summary>
/// <param name="Sentence">The sentence.</param>
/// <param name="Supported">Whether one does.</param>
/// <param name="Passage">The number of that passage, from 1; null where none does.</param>
/// <param name="Score">How much likelier the best passage makes the sentence, in nats.</param>
public sealed record SupportedSentence(string Sentence, bool Supported, int? Passage, double Score);
