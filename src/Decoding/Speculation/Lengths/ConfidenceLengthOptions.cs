namespace Decant.Decoding;

/// <summary>
/// Stops drafting behind a token where the model that drafts was not sure: its likeliest token had less than <see cref="MinTop1"/> (Draft &amp; Verify, Zhang et al. 2023; Kangaroo
/// uses 0.6). Other drafters are not asked for confidence and are limited by <see cref="MaxTokens"/> alone.
/// </summary>
public sealed record ConfidenceLengthOptions : LengthOptions
{
    /// <inheritdoc/>
    public override string Kind => "confidence";

    /// <summary>The least probability, at temperature 1, of the likeliest token with which drafting goes on; 0 … 1. Default: 0.8.</summary>
    public double MinTop1 { get; init; } = 0.8;

    /// <summary>Whether the threshold moves towards <see cref="MatchRate"/> during the call. Default: false.</summary>
    public bool Adapt { get; init; }

    /// <summary>The share of drafted tokens that should be accepted, as a mean that halves what is past with each draft; above 0, at most 1. Read with <see cref="Adapt"/>. Default: 0.9.</summary>
    public double MatchRate { get; init; } = 0.9;

    /// <summary>How far the threshold moves after a draft: up where too few were accepted, otherwise down unless the draft was as long as allowed; above 0, at most 1. Read with <see cref="Adapt"/>. Default: 0.01.</summary>
    public double Step { get; init; } = 0.01;

    /// <summary>Most tokens of a path; 1 … 64. Default: 8.</summary>
    public int MaxTokens { get; init; } = 8;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(MinTop1 is >= 0 and <= 1, MinTop1, nameof(MinTop1), "from 0 to 1");
        Check(MatchRate is > 0 and <= 1, MatchRate, nameof(MatchRate), "above 0 and at most 1");
        Check(Step is > 0 and <= 1, Step, nameof(Step), "above 0 and at most 1");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override ILengthController Compile(PlanContext context) => new Controller(this);

    private sealed class Controller(ConfidenceLengthOptions options) : ILengthController
    {
        public ILengthRun Open(DraftSetup setup) => new Run(options);
    }

    private sealed class Run(ConfidenceLengthOptions options) : ILengthRun
    {
        private const double Memory = 0.5;
        private readonly RowUncertainty _row = new();
        private double _threshold = options.MinTop1;
        private double _matched = options.MatchRate;

        public int MaxDepth => options.MaxTokens;

        public bool Continue(in DraftStep step) => _row.Top1(step.Logits) >= _threshold;

        public void Observe(in RoundOutcome outcome)
        {
            var guessed = outcome.Guessed;
            if (!options.Adapt || guessed.Drafted == 0) return;
            _matched = Memory * _matched + (1 - Memory) * guessed.Accepted / guessed.Drafted;
            if (_matched < options.MatchRate) _threshold += options.Step;
            else if (guessed.Drafted < options.MaxTokens) _threshold -= options.Step;
            _threshold = Math.Clamp(_threshold, 0, 1);
        }
    }
}
