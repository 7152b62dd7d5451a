namespace Decant.Decoding;

/// <summary>Another, smaller model with the same vocabulary drafts, token by token (Leviathan et al. 2023, Chen et al. 2023).</summary>
public sealed record DraftModelOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "draft-model";

    /// <summary>The model's name among those the client knows, such as "decant-tiny-draft". Must be given.</summary>
    public string Model { get; init; } = "";

    /// <summary>Most tokens in a draft; 1 … 64. Default: 5.</summary>
    public int MaxTokens { get; init; } = 5;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Model.Length > 0, Model, nameof(Model), "the name of a model");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this);

    private sealed class Drafter(DraftModelOptions options) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Single;

        public bool Branches => false;

        public IReadOnlyList<string> Models => [options.Model];

        public IDraftRun Open(DraftSetup setup) => new ChainRun(new DraftModel(setup.Drafts[0], setup.Request), Name, options.MaxTokens, setup.SharesNoise);
    }
}
