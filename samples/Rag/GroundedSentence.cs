namespace Decant.Samples.Rag;

/// <summary>One sentence the model wrote.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Source">The passage it comes from, from 1.</param>
/// <param name="Score">How much likelier that passage makes it, in nats.</param>
/// <param name="Entropy">How far its meaning spreads when it is drawn anew, in nats; null where that was not measured.</param>
/// <param name="IsSaid">Whether both are good enough.</param>
internal sealed record GroundedSentence(string Text, int Source, double Score, double? Entropy, bool IsSaid);
