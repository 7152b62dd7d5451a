namespace Decant.Connectors.Analysis;

/// <summary>How much of what one head writes another reads.</summary>
/// <param name="Earlier">The head that writes.</param>
/// <param name="Later">A head of a later layer, which reads.</param>
/// <param name="Path">Through what.</param>
/// <param name="Score">‖W₂W₁‖ / (‖W₂‖ ‖W₁‖) in Frobenius norms, 0 … 1: what random matrices have is about 1 / √(width of the residual stream).</param>
public sealed record HeadComposition(AttentionHead Earlier, AttentionHead Later, CompositionPath Path, double Score);
