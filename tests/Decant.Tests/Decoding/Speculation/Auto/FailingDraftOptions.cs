namespace Decant.Tests.Decoding.Speculation.Auto;

/// <summary>Drafts a token that is never right for some rounds, and in the next one fails behind it.</summary>
internal sealed record FailingDraftOptions(string Name, int Rounds = 0) : SpeculationOptions, IDrafter
{
    public override string Kind => Name;

    SiblingLaw IDrafter.Law => SiblingLaw.Deterministic;

    bool IDrafter.Branches => false;

    public override IDrafter Compile(PlanContext context) => this;

    IDraftRun IDrafter.Open(DraftSetup setup) => new Run(Name, Rounds);

    private sealed class Run(string name, int rounds) : IDraftRun
    {
        private int _round;
        private bool _disposed;

        public ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
        {
            Assert.False(_disposed);
            round.Tree.Add(round.Root, 0, name);
            round.State.Commit(0);
            return _round++ < rounds ? ValueTask.CompletedTask : throw new InvalidDataException("The drafts have run out.");
        }

        public void Observe(in RoundOutcome outcome) => Assert.False(_disposed);

        public void Dispose()
        {
            Assert.False(_disposed);
            _disposed = true;
        }
    }
}
