namespace Decant.Decoding;

/// <summary>A stretch of an answer that is known to be faithful to its documents, or not to be.</summary>
/// <param name="Ratios">Its mean lookback ratios; see <see cref="LookbackDetector.RatiosAsync"/>.</param>
/// <param name="Faithful">Whether it is.</param>
public sealed record LookbackExample(ReadOnlyMemory<float> Ratios, bool Faithful);
