namespace Decant.Decoding;

/// <summary>What a replay came to.</summary>
/// <param name="Trace">The trace of the replay itself.</param>
/// <param name="Divergence">The first difference, or null where there is none.</param>
public sealed record ReplayResult(DecodingTrace Trace, TraceDivergence? Divergence)
{
    /// <summary>Whether the replay agrees with its trace throughout.</summary>
    public bool Agrees => Divergence is null;
}
