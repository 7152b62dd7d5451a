using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>Which tokens a trusted row finds plausible. Immutable.</summary>
internal interface IPlausibility
{
    /// <summary>Sets the others to −∞ in <paramref name="destination"/> and counts them.</summary>
    void Mask(ReadOnlySpan<float> trusted, RowScratch scratch, Span<float> destination, ref RowReport report);

    /// <summary>The only plausible token, or null where there are several.</summary>
    int? Settle(ReadOnlySpan<float> trusted, RowScratch scratch);
}

/// <summary>The adaptive plausibility constraint: a token must be at least a fraction as likely as the likeliest one.</summary>
/// <param name="fraction">0 (everything is plausible) … 1 (only the likeliest).</param>
internal sealed class PlausibleFraction(float fraction) : IPlausibility
{
    public void Mask(ReadOnlySpan<float> trusted, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        if (Cutoff(TensorPrimitives.Max(trusted)) is { } cutoff) report.ImplausibleCount = RowMath.ExcludeBelow(trusted, cutoff, destination);
    }

    public int? Settle(ReadOnlySpan<float> trusted, RowScratch scratch)
    {
        var best = TensorPrimitives.IndexOfMax(trusted);
        if (Cutoff(trusted[best]) is not { } cutoff) return null;
        return HasAtLeast(trusted[..best], cutoff) || HasAtLeast(trusted[(best + 1)..], cutoff) ? null : best;
    }

    // None for a row that no token can be drawn from: that is for the draw to say.
    private float? Cutoff(float maximum) => fraction > 0 && float.IsFinite(maximum) ? maximum + MathF.Log(fraction) : null;

    private static bool HasAtLeast(ReadOnlySpan<float> row, float cutoff) => !row.IsEmpty && TensorPrimitives.Max(row) >= cutoff;
}
