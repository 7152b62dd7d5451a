namespace Decant.Tests.Decoding.Speculation;

/// <summary>Drafts nothing: plain decoding through the speculative loop, so that its chance can be enumerated.</summary>
internal sealed record NoDraftOptions : SpeculationOptions, IDrafter, IDraftRun
{
    public override string Kind => "test-no-draft";

    string IDrafter.Name => Kind;

    SiblingLaw IDrafter.Law => SiblingLaw.Single;

    bool IDrafter.Branches => false;

    public override IDrafter Compile(PlanContext context) => this;

    IDraftRun IDrafter.Open(DraftSetup setup) => this;

    ValueTask IDraftRun.ProposeAsync(DraftRound round, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    void IDisposable.Dispose()
    {
    }
}
