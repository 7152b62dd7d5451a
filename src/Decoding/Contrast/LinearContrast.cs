namespace Decant.Decoding;

/// <summary>
/// Raw logits moved along a difference of two branches: target + w · (positive − negative). The negative branch is the last one and the positive the one before it,
/// which with two branches is the target itself. Weight 0 gives the target's own bits.
/// </summary>
internal sealed class LinearContrast(IReadOnlyList<BranchRequest> branches, IContrastWeight weight, IPlausibility? plausibility = null) : ILogitPolicy
{
    public IReadOnlyList<BranchRequest> Branches => branches;

    public bool ReportsDivergence => weight is DivergenceWeight;

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        var positive = rows[branches.Count - 2];
        var negative = rows[branches.Count - 1];
        var w = weight.At(positive, negative, scratch, ref report);
        report.Weight = w;
        if (w == 0) rows.Main.CopyTo(destination);
        else RowMath.Extrapolate(rows.Main, positive, negative, w, destination);
    }

    public void Mask(in BranchRows rows, RowScratch scratch, Span<float> destination, ref RowReport report)
        => plausibility?.Mask(rows.Main, scratch, destination, ref report);

    public int? Settle(ReadOnlySpan<float> target, RowScratch scratch) => plausibility?.Settle(target, scratch);
}
