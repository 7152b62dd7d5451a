namespace Decant.Decoding;

/// <summary>A weighted sum of two branches' log-probabilities: a · ln p(target) + b · ln p(other), the other one's at a temperature. With a = 1, b = 0 the target's own bits.</summary>
internal sealed class LogProbContrast(BranchRequest other, float targetWeight, float otherWeight, float temperature = 1, IPlausibility? plausibility = null) : ILogitPolicy
{
    public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target, other];

    public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
    {
        report.Weight = -otherWeight;
        if ((targetWeight, otherWeight) == (1, 0))
        {
            rows.Main.CopyTo(destination);
            return;
        }

        var target = RowMath.LogSoftmax(rows.Main, scratch.Floats(0, destination.Length));
        var contrasted = RowMath.LogSoftmax(rows[1], scratch.Floats(1, destination.Length), temperature);
        RowMath.Weigh(target, targetWeight, contrasted, otherWeight, destination);
    }

    public void Mask(in BranchRows rows, RowScratch scratch, Span<float> destination, ref RowReport report)
        => plausibility?.Mask(rows.Main, scratch, destination, ref report);

    public int? Settle(ReadOnlySpan<float> target, RowScratch scratch) => plausibility?.Settle(target, scratch);
}
