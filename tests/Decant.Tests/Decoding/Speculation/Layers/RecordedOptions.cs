namespace Decant.Tests.Decoding.Speculation.Layers;

/// <summary>Another drafter, with every draft written down: tokens and the probabilities they were drawn with.</summary>
internal sealed record RecordedOptions(SpeculationOptions Inner) : SpeculationOptions
{
    public override string Kind => "test-recorded";

    public List<(int Token, double Probability)[]> Drafts { get; } = [];

    public override IDrafter Compile(PlanContext context) => new Drafter(this, Inner.Compile(context));

    private sealed class Drafter(RecordedOptions record, IDrafter inner) : IDrafter
    {
        public string Name => inner.Name;

        public SiblingLaw Law => inner.Law;

        public bool Branches => inner.Branches;

        public IReadOnlyList<string> Models => inner.Models;

        public IDraftRun Open(DraftSetup setup) => new Run(record, inner.Open(setup));
    }

    private sealed class Run(RecordedOptions record, IDraftRun inner) : IDraftRun
    {
        public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            await inner.ProposeAsync(round, cancellationToken);
            record.Drafts.Add([.. Enumerable.Range(0, round.Tree.Count).Select(node => (round.Tree.Tokens[node], round.Tree.ProposalOf(node)))]);
        }

        public void Observe(in RoundOutcome outcome) => inner.Observe(outcome);

        public void Dispose() => inner.Dispose();
    }
}
