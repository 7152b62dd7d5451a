namespace Decant.Decoding;

/// <summary>
/// Another, smaller model with the same vocabulary drafts a tree whose siblings are drawn without replacement, so that no two are alike (Jeon et al. 2024, recursive speculative
/// decoding): either so many children for every node of a level (RSD-C), or the best of all children of a level by their perturbed likelihood (RSD-S, stochastic beam search).
/// </summary>
public sealed record GumbelTreeOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "gumbel-tree";

    /// <summary>The model's name among those the client knows, such as "decant-tiny-draft". Must be given.</summary>
    public string Model { get; init; } = "";

    /// <summary>How many children the nodes of each level get, from the top; 1 … 16 levels of 1 … 16. Null: 3, 2, 1, or none with <see cref="BeamWidth"/>.</summary>
    public ValueList<int>? Branching { get; init; }

    /// <summary>How many tokens each level has; 1 … 64. Instead of <see cref="Branching"/>. Default: null.</summary>
    public int? BeamWidth { get; init; }

    /// <summary>How many levels there are; 1 … 16. Only with <see cref="BeamWidth"/>. Null: 4.</summary>
    public int? Depth { get; init; }

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Model.Length > 0, Model, nameof(Model), "the name of a model");
        Check(Branching is null || (Branching.Count is >= 1 and <= 16 && Branching.All(count => count is >= 1 and <= 16)), Branching, nameof(Branching), "1 to 16 numbers from 1 to 16");
        Check(BeamWidth is null or (>= 1 and <= 64), BeamWidth, nameof(BeamWidth), "a number from 1 to 64");
        Check(BeamWidth is null || Branching is null, BeamWidth, nameof(BeamWidth), $"left out where {nameof(Branching)} is given");
        Check(Depth is null or (>= 1 and <= 16), Depth, nameof(Depth), "a number from 1 to 16");
        Check(Depth is null || BeamWidth is not null, Depth, nameof(Depth), $"left out without {nameof(BeamWidth)}: {nameof(Branching)} says how many levels there are");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this);

    private sealed class Drafter(GumbelTreeOptions options) : IDrafter
    {
        private static readonly ValueList<int> _branching = [3, 2, 1];

        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.WithoutReplacement;

        public bool Branches => true;

        public IReadOnlyList<string> Models => [options.Model];

        public IDraftRun Open(DraftSetup setup) => options.BeamWidth is { } width
            ? new StochasticBeamRun(setup, Name, width, options.Depth ?? 4)
            : new BranchingRun(setup, Name, options.Branching ?? _branching);
    }
}
