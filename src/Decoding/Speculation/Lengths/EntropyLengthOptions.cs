namespace Decant.Decoding;

/// <summary>Stops drafting behind a token whose row left the model that drafts more than <see cref="MaxBits"/> undecided. Other drafters are limited by <see cref="MaxTokens"/> alone.</summary>
public sealed record EntropyLengthOptions : LengthOptions
{
    /// <inheritdoc/>
    public override string Kind => "entropy";

    /// <summary>The most entropy of the row, at temperature 1, with which drafting goes on, in bits; 0 … 24. Default: 1.5.</summary>
    public double MaxBits { get; init; } = 1.5;

    /// <summary>Most tokens of a path; 1 … 64. Default: 8.</summary>
    public int MaxTokens { get; init; } = 8;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(MaxBits is >= 0 and <= 24, MaxBits, nameof(MaxBits), "from 0 to 24");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override ILengthController Compile(PlanContext context) => new Controller(this);

    private sealed class Controller(EntropyLengthOptions options) : ILengthController
    {
        public ILengthRun Open(DraftSetup setup) => new Run(options);
    }

    private sealed class Run(EntropyLengthOptions options) : ILengthRun
    {
        private readonly RowUncertainty _row = new();

        public int MaxDepth => options.MaxTokens;

        public bool Continue(in DraftStep step) => _row.Bits(step.Logits) <= options.MaxBits;
    }
}
