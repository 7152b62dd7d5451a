namespace Decant.Tests.Decoding.Speculation;

/// <summary>Decides as a test says, and promises exactness for every law.</summary>
internal sealed record TestVerifierOptions(Action<Verification> Decide) : VerifierOptions, IVerifier
{
    public override string Kind => "test-verifier";

    Guarantee IVerifier.Guarantee => Guarantee.Exact;

    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => true;

    void IVerifier.Verify(Verification round) => Decide(round);
}
