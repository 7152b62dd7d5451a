namespace Decant.Decoding;

/// <summary>
/// Shorter drafts where the branches of a contrast disagree: a model that drafts knows nothing of the contrast, so it is right where the contrast changes little. From
/// <see cref="Max"/> tokens at a divergence of 0 the length falls evenly to <see cref="Min"/> at <see cref="High"/>. Needs a contrast that measures its divergence.
/// </summary>
public sealed record DivergenceLengthOptions : LengthOptions
{
    /// <inheritdoc/>
    public override string Kind => "divergence";

    /// <summary>The divergence from which drafts are shortest, in nats (two branches differ by at most ln 2 = 0.69); above 0. Default: 0.3.</summary>
    public double High { get; init; } = 0.3;

    /// <summary>Fewest tokens; 1 … <see cref="Max"/>. Default: 1.</summary>
    public int Min { get; init; } = 1;

    /// <summary>Most tokens; at most 64. Default: 8.</summary>
    public int Max { get; init; } = 8;

    /// <summary>How much of the mean divergence so far stays with each round's own mean; 0 (only the last round counts) to below 1. Default: 0.5.</summary>
    public double Memory { get; init; } = 0.5;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(High > 0 && double.IsFinite(High), High, nameof(High), "above 0");
        Check(Max is >= 1 and <= 64, Max, nameof(Max), "a number from 1 to 64");
        Check(Min >= 1 && Min <= Max, Min, nameof(Min), "a number from 1 to Max");
        Check(Memory is >= 0 and < 1, Memory, nameof(Memory), "from 0 to below 1");
    }

    /// <inheritdoc/>
    public override ILengthController Compile(PlanContext context) => new Controller(this);

    private sealed class Controller(DivergenceLengthOptions options) : ILengthController
    {
        public bool NeedsDivergence => true;

        public ILengthRun Open(DraftSetup setup) => new Run(options);
    }

    private sealed class Run(DivergenceLengthOptions options) : ILengthRun
    {
        private double? _mean;

        public int MaxDepth => _mean is not { } mean
            ? options.Max
            : options.Max - (int)Math.Round((options.Max - options.Min) * Math.Min(1, mean / options.High));

        public void Observe(in RoundOutcome outcome)
        {
            var (sum, count) = (0.0, 0);
            Add(outcome, DraftTree.Root, ref sum, ref count);
            foreach (var node in outcome.Accepted) Add(outcome, node, ref sum, ref count);
            if (count == 0) return;
            var mean = sum / count;
            _mean = _mean is { } before ? options.Memory * before + (1 - options.Memory) * mean : mean;
        }

        private static void Add(in RoundOutcome outcome, int node, ref double sum, ref int count)
        {
            if (outcome.Rows.At(node).Report.Divergence is not { } divergence) return;
            sum += divergence;
            count++;
        }
    }
}
