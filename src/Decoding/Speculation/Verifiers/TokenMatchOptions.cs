namespace Decant.Decoding;

/// <summary>
/// Draws the target's token at every visited node, as decoding without speculation would, and goes on where it was drafted. Exact for any draft, and for a seed the very text that
/// decoding without speculation gives.
/// </summary>
public sealed record TokenMatchOptions : VerifierOptions, IVerifier
{
    /// <inheritdoc/>
    public override string Kind => "token-match";

    /// <summary>
    /// Whether models that draft draw with the target's noise: where both distributions are close, they then draw the same token. Costs nothing and changes no text. Default: true.
    /// </summary>
    public bool ShareNoise { get; init; } = true;

    Guarantee IVerifier.Guarantee => Guarantee.Exact;

    bool IVerifier.AllowsSharedNoise => ShareNoise;

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => true;

    void IVerifier.Verify(Verification round)
    {
        while (true)
        {
            var token = round.Noise.DrawTarget(round.Rows.At(round.Last), round.Rows.Position(round.Last));
            var node = round.Tree.Find(round.Last, token);
            if (node < 0)
            {
                round.Next = token;
                return;
            }

            round.Accept(node);
        }
    }
}
