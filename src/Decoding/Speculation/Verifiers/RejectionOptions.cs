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

    void IVerifier.Verify(Verification round)
    {
        while (true)
        {
            var target = round.Rows.At(round.Last);
            var node = round.Tree.NextChild(round.Last);
            round.Residual.Load(target);
            if (node < 0) break;
            var token = round.Tree.Tokens[node];
            if (round.Noise.Accept(round.Residual[token] / round.Tree.ProposalOf(node)))
            {
                round.Accept(node);
                continue;
            }

            Subtract(round, node);
            break;
        }

        round.Next = round.Residual.Draw(round.Noise);
    }

    // A token that was not drawn counts as proposed for certain.
    private static void Subtract(Verification round, int node)
    {
        if (round.Tree.Proposal(node) is { } proposal) round.Residual.Add(proposal, -1);
        else round.Residual.Set(round.Tree.Tokens[node], 0);
        if (round.Residual.Clip() <= 0) round.Residual.Load(round.Rows.At(round.Last));
    }
}
