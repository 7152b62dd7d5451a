namespace Decant.Decoding;

/// <summary>
/// Rejection for drafts that join drawn tokens and ones chosen without chance, such as a model's and retrieved ones: the drawn children of a node are tried in the order of their
/// draws, then each other child is kept with the probability that is left for it (Quan et al. 2025, RASD). Exact.
/// </summary>
public sealed record MixedOptions : VerifierOptions, IVerifier
{
    /// <inheritdoc/>
    public override string Kind => "mixed";

    Guarantee IVerifier.Guarantee => Guarantee.Exact;

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => law is SiblingLaw.Mixed or SiblingLaw.Single or SiblingLaw.Deterministic;

    void IVerifier.Verify(Verification round) => SiblingRejection.Verify(round);
}
