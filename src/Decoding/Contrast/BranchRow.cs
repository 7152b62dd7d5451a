namespace Decant.Decoding;

/// <summary>One branch's part of a position: a logits row of a forward, with its taps.</summary>
/// <param name="Result">The forward.</param>
/// <param name="Index">The logits row.</param>
public readonly record struct BranchRow(ForwardResult Result, int Index)
{
    /// <summary>Raw logits, one per vocabulary id.</summary>
    public ReadOnlySpan<float> Logits => Result.Logits(Index);

    /// <summary>Logits read off <paramref name="layer"/>; the policy's <see cref="ILogitPolicy.Taps"/> must list it.</summary>
    public ReadOnlySpan<float> EarlyExit(int layer) => Result.EarlyExit(layer, Index);
}
