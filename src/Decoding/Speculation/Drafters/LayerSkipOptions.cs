namespace Decant.Decoding;

/// <summary>
/// The target drafts for itself with some of its layers' parts left out: chosen ones (Draft and Verify, Zhang et al. 2023), those behind an exit (LayerSkip, Elhoushi et al. 2024), or a
/// set that is searched while texts are written (SWIFT, Xia et al. 2024). Needs no other model.
/// </summary>
public sealed record LayerSkipOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "layer-skip";

    /// <summary>Layers (1 … the model's layer count) whose attention is left out. With <see cref="Search"/>, the set that it begins with. Default: none.</summary>
    public ValueList<int> SkipAttention { get; init; } = [];

    /// <summary>Layers (1 … the model's layer count) whose feed-forward block is left out. With <see cref="Search"/>, the set that it begins with. Default: none.</summary>
    public ValueList<int> SkipMlp { get; init; } = [];

    /// <summary>The last layer that drafts, 1 … the model's layer count. Null, the default: the model's last.</summary>
    public int? ExitLayer { get; init; }

    /// <summary>
    /// Whether to look for the set of parts that guesses best: each round tries one set on the answer's own last 32 to 50 tokens, in one forward more, until a set guesses 95 % of
    /// them or nothing better turns up. What is found stays with the client's <see cref="DecodingServices"/>, for this model and these options, and the next call goes on from there;
    /// with a verifier other than <see cref="TokenMatchOptions"/>, a seed may therefore give another text then. Default: false; then give one of the members above.
    /// </summary>
    public bool Search { get; init; }

    /// <summary>With <see cref="Search"/>: the fraction of all parts, two per layer, that a set leaves out; 0.05 … 0.9. The first and the last layer stay whole. Default: 0.45.</summary>
    public double SkipRatio { get; init; } = 0.45;

    /// <summary>Most tokens in a draft; 1 … 64. Default: 8.</summary>
    public int MaxTokens { get; init; } = 8;

    /// <summary>The draft ends with a token drawn where the likeliest had less than this probability at temperature 1; 0 … 1, where 0 never ends it. Default: 0.8.</summary>
    public double StopConfidence { get; init; } = 0.8;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(SkipAttention.All(layer => layer >= 1), SkipAttention, nameof(SkipAttention), "layers, from 1 on");
        Check(SkipMlp.All(layer => layer >= 1), SkipMlp, nameof(SkipMlp), "layers, from 1 on");
        Check(ExitLayer is null or >= 1, ExitLayer, nameof(ExitLayer), "a layer, from 1 on");
        Check(Search || SkipAttention.Count + SkipMlp.Count > 0 || ExitLayer is not null, Search, nameof(Search), $"true, or else {nameof(SkipAttention)}, {nameof(SkipMlp)} or {nameof(ExitLayer)} given");
        Check(SkipRatio is >= 0.05 and <= 0.9, SkipRatio, nameof(SkipRatio), "a number from 0.05 to 0.9");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
        Check(StopConfidence is >= 0 and <= 1, StopConfidence, nameof(StopConfidence), "a number from 0 to 1");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var model = context.Model;
        var layers = new LayerPlan { SkipAttention = SkipAttention, SkipMlp = SkipMlp, ExitLayer = ExitLayer };
        TargetFork.Check(Kind, model, layers);
        if (!Search) return new Drafter(this, layers, null);
        if (LayerPlan.Count(layers, model.LayerCount) < 3 && SkipAttention.Count + SkipMlp.Count == 0)
            throw new ArgumentException($"{Kind}: {nameof(Search)} leaves out parts of layers between the first and the last, and {model.Name} has none there. Give {nameof(SkipAttention)}, {nameof(SkipMlp)} or {nameof(ExitLayer)}.");
        return new Drafter(this, layers, context.Services.Keep((model, layers, SkipRatio), () => new LayerSetSearch(layers, LayerPlan.Count(layers, model.LayerCount), SkipRatio)));
    }

    private sealed class Drafter(LayerSkipOptions options, LayerPlan layers, LayerSetSearch? search) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Single;

        public bool Branches => false;

        public IDraftRun Open(DraftSetup setup)
        {
            var fork = new TargetFork(setup, layers);
            var chain = new ChainRun(fork, Name, options.MaxTokens, setup.SharesNoise, options.StopConfidence);
            return search is null ? chain : new LayerSearchRun(fork, chain, search);
        }
    }
}
