using System.Numerics;

namespace Decant.Decoding;

/// <summary>
/// Another, smaller model with the same vocabulary drafts several sequences, each drawn as if it were the only one; what they begin with alike is run once
/// (Sun et al. 2023, SpecTr; Miao et al. 2024, SpecInfer).
/// </summary>
public sealed record IidSequencesOptions : SpeculationOptions
{
    /// <inheritdoc/>
    public override string Kind => "iid-sequences";

    /// <summary>The model's name among those the client knows, such as "decant-tiny-draft". Must be given.</summary>
    public string Model { get; init; } = "";

    /// <summary>How many sequences; 1 … 16. Default: 4.</summary>
    public int Sequences { get; init; } = 4;

    /// <summary>Most tokens of each; 1 … 64. Default: 4.</summary>
    public int MaxTokens { get; init; } = 4;

    /// <inheritdoc/>
    public override void Validate()
    {
        base.Validate();
        Check(Model.Length > 0, Model, nameof(Model), "the name of a model");
        Check(Sequences is >= 1 and <= 16, Sequences, nameof(Sequences), "a number from 1 to 16");
        Check(MaxTokens is >= 1 and <= 64, MaxTokens, nameof(MaxTokens), "a number from 1 to 64");
    }

    /// <inheritdoc/>
    public override IDrafter Compile(PlanContext context) => new Drafter(this);

    private sealed class Drafter(IidSequencesOptions options) : IDrafter
    {
        public string Name => options.Kind;

        public SiblingLaw Law => SiblingLaw.Independent;

        public bool Branches => true;

        public IReadOnlyList<string> Models => [options.Model];

        public IDraftRun Open(DraftSetup setup) => new Run(setup, options);
    }

    private sealed class Run(DraftSetup setup, IidSequencesOptions options) : ModelTreeRun(setup, options.Kind)
    {
        protected override int MaxDepth => options.MaxTokens;

        protected override void Grow(int depth)
        {
            var drawn = First(Room);
            foreach (var parent in Level)
            {
                for (var sequences = Of(parent) & drawn; sequences != 0; sequences &= sequences - 1)
                {
                    var sequence = BitOperations.TrailingZeroCount(sequences);
                    var token = Draw(parent, sequence == 0);
                    var node = Round.Tree.Find(parent.Node, token);
                    if (node >= 0) Round.Tree.Join(node, sequence);
                    else Add(parent, token, sequence);
                }
            }
        }

        private ulong Of(LevelNode node) => node.Node == Round.Root ? (1UL << options.Sequences) - 1 : Round.Tree.Sequences(node.Node);

        // Every sequence may need a node of its own. Settled before any is drawn: how many go on must not depend on whether they draw the same.
        private ulong First(int count)
        {
            var all = 0UL;
            foreach (var parent in Level) all |= Of(parent);
            while (BitOperations.PopCount(all) > count) all &= ~(1UL << BitOperations.Log2(all));
            return all;
        }
    }
}
