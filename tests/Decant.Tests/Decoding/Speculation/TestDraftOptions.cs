namespace Decant.Tests.Decoding.Speculation;

/// <summary>Drafts as a test says, given the draft model's distribution behind the text.</summary>
/// <param name="Name">Its kind.</param>
/// <param name="Law">What it says about siblings.</param>
/// <param name="Draw">Adds tokens: the round, the distribution, and what the tree calls that.</param>
internal sealed record TestDraftOptions(string Name, SiblingLaw Law, Action<DraftRound, TokenDistribution, int> Draw) : SpeculationOptions, IDrafter
{
    /// <summary>Two drawn tokens, then two without chance, all of which may be the same; and more without chance behind them.</summary>
    public static TestDraftOptions Mixed { get; } = new("test-mixed", SiblingLaw.Mixed, (round, proposal, index) =>
    {
        var drawn = round.Tree.Add(round.Root, round.Noise.Draw(proposal), "drawn", index);
        round.Tree.Add(round.Root, round.Noise.Draw(proposal), "drawn", index);
        var second = round.Tree.Add(round.Root, 2, "chosen");
        round.Tree.Add(round.Root, 0, "chosen");
        if (round.MaxDepth < 2) return;
        round.Tree.Add(drawn, 1, "chosen");
        round.Tree.Add(drawn, 2, "chosen");
        round.Tree.Add(second, 0, "chosen");
    });

    /// <summary>Tokens without chance.</summary>
    public static TestDraftOptions FixedTree { get; } = new("test-fixed-tree", SiblingLaw.Deterministic, (round, _, _) =>
    {
        var first = round.Tree.Add(round.Root, 0, "chosen");
        var second = round.Tree.Add(round.Root, 2, "chosen");
        if (round.MaxDepth < 2) return;
        round.Tree.Add(first, 1, "chosen");
        round.Tree.Add(second, 0, "chosen");
        round.Tree.Add(second, 2, "chosen");
    });

    public override string Kind => Name;

    bool IDrafter.Branches => true;

    IReadOnlyList<string> IDrafter.Models => ["draft"];

    public override IDrafter Compile(PlanContext context) => this;

    IDraftRun IDrafter.Open(DraftSetup setup) => new Run(new DraftModel(setup.Drafts[0], setup.Request), Draw);

    private sealed class Run(DraftModel model, Action<DraftRound, TokenDistribution, int> draw) : IDraftRun
    {
        private static readonly TargetDistribution _alone = new(null);

        public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            using var result = await model.ReadAsync(round.State.TokenMemory, round, cancellationToken);
            if (result is null) return;
            var proposal = round.Tree.RentProposal(out var index);
            _alone.Row(new BranchRows(result.Logits(0)), round.State, proposal);
            draw(round, proposal, index);
        }

        public void Dispose()
        {
        }
    }
}
