namespace Decant.Decoding;

/// <summary>
/// Rejection for drafts that branch: tries the children of a node in the order they were drawn, each against what the refused ones left of the target's distribution. Children
/// drawn without replacement are weighed against their proposal without the refused tokens (Jeon et al. 2024), independent ones against the same proposal each
/// (Miao et al. 2024, SpecInfer). Exact.
/// </summary>
public sealed record RecursiveRejectionOptions : VerifierOptions, IVerifier
{
    /// <inheritdoc/>
    public override string Kind => "recursive-rejection";

    Guarantee IVerifier.Guarantee => Guarantee.Exact;

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => law is SiblingLaw.Single or SiblingLaw.Independent or SiblingLaw.WithoutReplacement;

    void IVerifier.Verify(Verification round) => SiblingRejection.Verify(round);
}
