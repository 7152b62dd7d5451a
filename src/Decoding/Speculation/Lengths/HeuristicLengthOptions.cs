namespace Decant.Decoding;

/// <summary>Longer after a draft that was accepted whole, shorter after any other (the schedule of Hugging Face's assisted generation).</summary>
public sealed record HeuristicLengthOptions : LengthOptions
{
    /// <inheritdoc/>
    public override string Kind => "heuristic";

    /// <summary>Most tokens of the first draft; <see cref="Min"/> … <see cref="Max"/>. Default: 5.</summary>
    public int Start { get; init; } = 5;

    /// <summary>How many tokens more after a draft that was accepted whole; 1 … 64. Default: 2.</summary>
    public int Increase { get; init; } = 2;

    /// <summary>How many tokens fewer after a draft that was not; 1 … 64. Default: 1.</summary>
    public int Decrease { get; init; } = 1;

    /// <summary>Fewest tokens; 1 … <see cref="Max"/>. Default: 1.</summary>
    public int Min { get; init; } = 1;

    /// <summary>Most tokens; at most 64. Default: 20.</summary>
    public int Max { get; init; } = 20;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Max is >= 1 and <= 64, Max, nameof(Max), "a number from 1 to 64");
        Check(Min >= 1 && Min <= Max, Min, nameof(Min), "a number from 1 to Max");
        Check(Start >= Min && Start <= Max, Start, nameof(Start), "a number from Min to Max");
        Check(Increase is >= 1 and <= 64, Increase, nameof(Increase), "a number from 1 to 64");
        Check(Decrease is >= 1 and <= 64, Decrease, nameof(Decrease), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override ILengthController Compile(PlanContext context) => new Controller(this);

    private sealed class Controller(HeuristicLengthOptions options) : ILengthController
    {
        public ILengthRun Open(DraftSetup setup) => new Run(options);
    }

    private sealed class Run(HeuristicLengthOptions options) : ILengthRun
    {
        public int MaxDepth { get; private set; } = options.Start;

        public void Observe(in RoundOutcome outcome)
        {
            var guessed = outcome.Guessed;
            if (guessed.Drafted == 0) return;
            MaxDepth = Math.Clamp(MaxDepth + (guessed.Accepted == guessed.Drafted ? options.Increase : -options.Decrease), options.Min, options.Max);
        }
    }
}
