namespace Decant.Decoding;

/// <summary>
/// Stops drafting when a rejection somewhere in the draft has become likely: A is the product of the tokens' probabilities of being accepted, and drafting ends when 1 − A exceeds
/// <see cref="Threshold"/> (SpecDec++, Huang et al. 2024). For drafters that draft one path; others are limited by <see cref="Max"/> alone.
/// </summary>
public sealed record AcceptanceLengthOptions : LengthOptions
{
    /// <inheritdoc/>
    public override string Kind => "acceptance";

    /// <summary>The most probability of a rejection with which drafting goes on; 0 … 1. Default: 0.3.</summary>
    public double Threshold { get; init; } = 0.3;

    /// <summary>Fewest tokens; 1 … <see cref="Max"/>. Default: 2.</summary>
    public int Min { get; init; } = 2;

    /// <summary>Most tokens; at most 64. Default: 20.</summary>
    public int Max { get; init; } = 20;

    /// <summary>The name of a registered <see cref="IAcceptanceSource"/>. Null: the draft's own probability of its token, at temperature 1, stands for that of being accepted.</summary>
    public string? Source { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Threshold is >= 0 and <= 1, Threshold, nameof(Threshold), "from 0 to 1");
        Check(Max is >= 1 and <= 64, Max, nameof(Max), "a number from 1 to 64");
        Check(Min >= 1 && Min <= Max, Min, nameof(Min), "a number from 1 to Max");
        Check(Source is not "", Source, nameof(Source), "a name, or null");
    }

    /// <inheritdoc/>
    public override ILengthController Compile(PlanContext context)
        => new Controller(this, Source is null ? null : context.Services.Get<IAcceptanceSource>(Source, $"{Kind}: {nameof(Source)}"));

    private sealed class Controller(AcceptanceLengthOptions options, IAcceptanceSource? source) : ILengthController
    {
        public ILengthRun Open(DraftSetup setup) => new Run(options, source ?? new OwnProbability());
    }

    private sealed class Run(AcceptanceLengthOptions options, IAcceptanceSource source) : ILengthRun
    {
        private double _all = 1;

        public int MaxDepth => options.Max;

        public bool Continue(in DraftStep step)
        {
            if (step.Depth == 1) _all = 1;
            _all *= source.Probability(step);
            return step.Depth < options.Min || 1 - _all <= options.Threshold;
        }
    }

    // One for each call: it keeps a buffer.
    private sealed class OwnProbability : IAcceptanceSource
    {
        private readonly RowUncertainty _row = new();

        public double Probability(in DraftStep step) => _row.Probability(step.Logits, step.Token);
    }
}
