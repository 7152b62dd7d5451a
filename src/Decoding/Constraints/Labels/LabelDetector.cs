namespace Decant.Decoding;

/// <summary>Looks for labels in every row that becomes a token, and passes it on.</summary>
internal sealed class LabelDetector(LabelGuard guard, ICollection<LabelDetection> detections, ITraceSink? next) : ITraceSink
{
    private readonly RowScratch _scratch = new();

    public void Add(in TracedRow row)
    {
        var probability = guard.Labels.Probability(row.Rows.Main, row.State.Generated, _scratch.Floats(0, row.Rows.Main.Length));
        if (probability >= guard.Threshold) detections.Add(new LabelDetection(row.State.Generated.Length, probability, row.Result));
        next?.Add(row);
    }
}
