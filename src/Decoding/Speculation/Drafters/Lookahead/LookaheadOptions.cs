namespace Decant.Decoding;

/// <summary>
/// The model drafts for itself: every forward also corrects guesses at the tokens to come, the runs that this leaves behind are kept by their first token, and those that begin with the text's
/// last token are drafted (lookahead decoding, Fu et al. 2024). Needs no other model and no forward of its own, but more rows in each.
/// </summary>
/// <remarks>The guesses are nodes of the draft, counted as "lookahead-window": most are refused, and one that is right counts as any drafted token. Corrections are what the model finds likeliest.</remarks>
public sealed record LookaheadOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "lookahead";

    /// <summary>How many tokens a run has, its first included; 2 … 8. Default: 5.</summary>
    public int Level { get; init; } = 5;

    /// <summary>How many positions are guessed at; 1 … 60. A forward has up to <see cref="Window"/> · (<see cref="Level"/> − 1) rows for them, within <see cref="SpeculationOptions.MaxNodes"/>. Default: 7.</summary>
    public int Window { get; init; } = 7;

    /// <summary>How many runs are kept of each first token, and drafted; 1 … 64. Default: 7.</summary>
    public int Guesses { get; init; } = 7;

    /// <summary>Whether the prompt's own runs are kept too, from the start. Default: false.</summary>
    public bool PoolFromPrompt { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Level is >= 2 and <= 8, Level, nameof(Level), "a number from 2 to 8");
        Check(Window is >= 1 and <= 60, Window, nameof(Window), "a number from 1 to 60");
        Check(Guesses is >= 1 and <= 64, Guesses, nameof(Guesses), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this);

    private sealed class Drafter(LookaheadOptions options) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Deterministic;

        public bool Branches => true;

        public IDraftRun Open(DraftSetup setup) => new LookaheadRun(options);
    }
}
