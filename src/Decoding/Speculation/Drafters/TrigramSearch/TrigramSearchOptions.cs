namespace Decant.Decoding;

/// <summary>
/// Drafts without a model, from a table of which tokens follow which pair: a tree search (PUCT) finds the runs that are worth verifying, and the table moves towards what is written, in this
/// call and the next ones (ADED, Liu et al. 2024).
/// </summary>
/// <remarks>
/// As published but for two slips of the released code: rewards look up the token after its own pair, and weights are normalised where they are read. Windows overlap from round to round, so a
/// run of three is counted again while it stays in the window, as published.
/// </remarks>
public sealed record TrigramSearchOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "trigram-search";

    /// <summary>The name of a <see cref="TrigramTable"/> among the client's services. Empty, the default: a table that those services keep for the model, empty at first (<see cref="TrigramTable.DefaultName"/>).</summary>
    public string Table { get; init; } = "";

    /// <summary>How many successors of a pair to remember and to try; 1 … 64. Default: 12.</summary>
    public int SuccessorsKept { get; init; } = 12;

    /// <summary>How much a token's weight grows when it is written; 0 … 1, 0 for a table that stays as it is. Default: 0.04.</summary>
    public double UpdateStep { get; init; } = 0.04;

    /// <summary>The largest weight; above 0, at most 1000. A pair that was counted begins with weights that add up to 1. Default: 3.</summary>
    public double UpdateCap { get; init; } = 3;

    /// <summary>How many last tokens are learnt after each round; 3 … 256. Default: 16.</summary>
    public int UpdateWindow { get; init; } = 16;

    /// <summary>How many runs are tried in a round's search; 1 … 5000. Default: 150.</summary>
    public int Iterations { get; init; } = 150;

    /// <summary>How many tokens a tried run has; 1 … 12. Drafts may have one more. Default: 4.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>How many of the runs found are drafted, each with one more token; 1 … 256. Default: 24.</summary>
    public int Paths { get; init; } = 24;

    /// <summary>How much more the search tries likely tokens than ones that have done well; 0 … 1000. Default: 32.</summary>
    public double C1 { get; init; } = 32;

    /// <summary>After how many tries that grows (by their logarithm); above 0, at most 100000. Default: 8.</summary>
    public double C2 { get; init; } = 8;

    /// <summary>The seed of the search's chance. Null, the default: the call's seed, with numbers that nothing else uses. Which tokens are drafted never changes the text.</summary>
    public long? Seed { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(SuccessorsKept is >= 1 and <= 64, SuccessorsKept, nameof(SuccessorsKept), "a number from 1 to 64");
        Check(UpdateStep is >= 0 and <= 1, UpdateStep, nameof(UpdateStep), "a number from 0 to 1");
        Check(UpdateCap is > 0 and <= 1000, UpdateCap, nameof(UpdateCap), "a number above 0, at most 1000");
        Check(UpdateWindow is >= 3 and <= 256, UpdateWindow, nameof(UpdateWindow), "a number from 3 to 256");
        Check(Iterations is >= 1 and <= 5000, Iterations, nameof(Iterations), "a number from 1 to 5000");
        Check(Depth is >= 1 and <= 12, Depth, nameof(Depth), "a number from 1 to 12");
        Check(Paths is >= 1 and <= 256, Paths, nameof(Paths), "a number from 1 to 256");
        Check(C1 is >= 0 and <= 1000, C1, nameof(C1), "a number from 0 to 1000");
        Check(C2 is > 0 and <= 100000, C2, nameof(C2), "a number above 0, at most 100000");
    }

    internal override SpeculationOptions WithoutSeed() => this with { Seed = null };

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context)
    {
        var vocabulary = VocabularyId.Of(context.Vocabulary);
        var table = Table.Length > 0
            ? context.Services.Get<TrigramTable>(Table, $"{Kind}: {nameof(Table)}")
            : context.Services.GetOrAdd(TrigramTable.DefaultName(context.Model), () => new TrigramTable(vocabulary));
        return table.Vocabulary == vocabulary
            ? new Drafter(this, table)
            : throw new ArgumentException($"{Kind}: {nameof(Table)} \"{(Table.Length > 0 ? Table : TrigramTable.DefaultName(context.Model))}\" is of another vocabulary ({table.Vocabulary.Count} tokens) than the model's ({vocabulary.Count} tokens). Use one built for this model.");
    }

    private sealed class Drafter(TrigramSearchOptions options, TrigramTable table) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Deterministic;

        public bool Branches => true;

        public IDraftRun Open(DraftSetup setup) => new Run(options, table);
    }

    private sealed class Run(TrigramSearchOptions options, TrigramTable table) : IDraftRun
    {
        private readonly TrigramSearch _search = new(options, table);

        public ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            _search.Run(round);
            return ValueTask.CompletedTask;
        }

        public void Observe(in RoundOutcome outcome)
        {
            var tokens = outcome.State.Tokens;
            if (options.UpdateStep > 0) table.Update(tokens[^Math.Min(options.UpdateWindow, tokens.Length)..], options.UpdateStep, options.UpdateCap, options.SuccessorsKept);
        }

        public void Dispose()
        {
        }
    }
}
