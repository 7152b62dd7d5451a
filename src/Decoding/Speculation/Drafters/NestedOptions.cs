namespace Decant.Decoding;

/// <summary>
/// The target drafts for itself with its first layers: the shallowest exit drafts a token where it is sure enough, otherwise the next one does, and where none is, the draft
/// ends (S2D, sorted speculative decoding, 2024). Needs no other model; works best with one whose early exits were trained.
/// </summary>
public sealed record NestedOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "nested";

    /// <summary>The layers that may be the last, 1 … the model's layer count, ascending; 1 to 8 of them. Must be given.</summary>
    public ValueList<int> Exits { get; init; } = [];

    /// <summary>For each exit, how likely its likeliest token must be (at temperature 1, before processors and masks) for it to draft; 0 … 1, where 0 is always. Must be given.</summary>
    public ValueList<double> Thresholds { get; init; } = [];

    /// <summary>Most tokens in a draft; 1 … 64. Default: 6.</summary>
    public int MaxTokens { get; init; } = 6;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Exits.Count is >= 1 and <= 8 && Exits[0] >= 1 && Exits.Zip(Exits.Skip(1)).All(pair => pair.First < pair.Second), Exits, nameof(Exits), "1 to 8 layers, from 1 on, ascending");
        Check(Thresholds.Count == Exits.Count && Thresholds.All(threshold => threshold is >= 0 and <= 1), Thresholds, nameof(Thresholds), $"a number from 0 to 1 for each of {nameof(Exits)}");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        LayerPlan[] exits = [.. Exits.Select(exit => new LayerPlan { ExitLayer = exit })];
        foreach (var exit in exits) TargetFork.Check(Kind, context.Model, exit);
        return new Drafter(this, exits);
    }

    private sealed class Drafter(NestedOptions options, LayerPlan[] exits) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Single;

        public bool Branches => false;

        public IDraftRun Open(DraftSetup setup) => new ChainRun(new NestedForks(setup, exits, options.Thresholds), Name, options.MaxTokens, setup.SharesNoise);
    }
}
