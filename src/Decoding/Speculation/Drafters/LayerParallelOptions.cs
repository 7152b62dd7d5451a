namespace Decant.Decoding;

/// <summary>
/// Another, smaller model drafts with groups of its layers side by side: the attentions of a group all read what enters it, so that devices or threads can share them
/// (EasySpec, 2025). Drafts are approximate, the text is not.
/// </summary>
/// <remarks>On one device, where a group's attentions still run in turn, it costs as much as <see cref="DraftModelOptions"/> and drafts a little worse.</remarks>
public sealed record LayerParallelOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "layer-parallel";

    /// <summary>The model's name among those the client knows. Must be given.</summary>
    public string Model { get; init; } = "";

    /// <summary>How many layers run side by side, 1 … 8; the first and the last stay alone. 1 drafts as <see cref="DraftModelOptions"/> does. Default: 4.</summary>
    public int GroupSize { get; init; } = 4;

    /// <summary>
    /// Whether each round begins by reading what became text once more, exactly, in one forward that also drafts the first token. False: what drafts have cached stays, so that they
    /// drift from what the model would say. Default: true.
    /// </summary>
    public bool Calibrate { get; init; } = true;

    /// <summary>Most tokens in a draft; 1 … 64. Default: 5.</summary>
    public int MaxTokens { get; init; } = 5;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Model.Length > 0, Model, nameof(Model), "the name of a model");
        Check(GroupSize is >= 1 and <= 8, GroupSize, nameof(GroupSize), "a number from 1 to 8");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this);

    private sealed class Drafter(LayerParallelOptions options) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Single;

        public bool Branches => false;

        public IReadOnlyList<string> Models => [options.Model];

        public IDraftRun Open(DraftSetup setup)
        {
            var layers = new LayerPlan { GroupSize = options.GroupSize };
            if (layers.Fault(setup.Drafts[0].Sequence!.Model.Info) is { } fault) throw new ArgumentException($"{Name}: {fault}.");
            return new ChainRun(new LayerParallelModel(new DraftModel(setup.Drafts[0], setup.Request), layers, options.Calibrate), Name, options.MaxTokens, setup.SharesNoise);
        }
    }
}
