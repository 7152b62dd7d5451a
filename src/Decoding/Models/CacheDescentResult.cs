namespace Decant.Decoding;

/// <summary>What a <see cref="CacheDescent"/> did.</summary>
/// <param name="Losses">The loss before every step, and behind the last.</param>
/// <param name="Logits">The logits behind the last token that was read, with the moved keys and values.</param>
public sealed record CacheDescentResult(IReadOnlyList<double> Losses, float[] Logits);
