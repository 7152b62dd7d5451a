namespace Decant.Decoding;

/// <summary>
/// Keeps a drafted token x with probability min(1, p(x) / q(x)); the first that is refused is replaced by a draw from what the draft left of the target's distribution,
/// norm([p − q]₊). Exact; for drafts that do not branch (Leviathan et al. 2023, Chen et al. 2023).
/// </summary>
public sealed record RejectionOptions : VerifierOptions, IVerifier
{
    /// <inheritdoc/>
    public override string Kind => "rejection";

    Guarantee IVerifier.Guarantee => Guarantee.Exact;

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => law is SiblingLaw.Single;

    void IVerifier.Verify(Verification round) => SiblingRejection.Verify(round);
}
