namespace Decant.Tests.Decoding.Speculation;

/// <summary>Lets the first round draft and no other: with drafts that branch, more would have too many ways to turn out.</summary>
internal sealed record OnceOptions : LengthOptions, ILengthController
{
    public override string Kind => "test-once";

    public override ILengthController Compile(PlanContext context) => this;

    ILengthRun ILengthController.Open(DraftSetup setup) => new Run();

    private sealed class Run : ILengthRun
    {
        private bool _drafted;

        public int MaxDepth => _drafted ? 0 : int.MaxValue;

        public void Observe(in RoundOutcome outcome) => _drafted |= outcome.Tree.Count > 0;
    }
}
