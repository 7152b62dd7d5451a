namespace Decant.Decoding;

/// <summary>
/// Decides about a draft as a whole, from its end: keeps its first i tokens with a probability that depends on all of them, so that a token which is a little too likely is made up
/// for by one that is not likely enough. Exact, and never keeps fewer tokens than <see cref="RejectionOptions"/>; for drafts that do not branch (Sun et al. 2024, block verification).
/// </summary>
public sealed record BlockOptions : VerifierOptions, IVerifier
{
    /// <inheritdoc/>
    public override string Kind => "block";

    Guarantee IVerifier.Guarantee => Guarantee.Exact;

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => law is SiblingLaw.Single;

    // P[i] = min(1, P[i - 1] p(x_i) / q(x_i)) over the first i tokens; in a chain, node i - 1 is token i.
    void IVerifier.Verify(Verification round)
    {
        var tree = round.Tree;
        Span<double> kept = stackalloc double[tree.Count + 1];
        kept[0] = 1;
        var last = 0;
        while (last < tree.Count && kept[last] > 0)
        {
            round.Residual.Load(round.Rows.At(last - 1));
            kept[last + 1] = Math.Min(1, kept[last] * round.Residual[tree.Tokens[last]] / tree.ProposalOf(last));
            last++;
        }

        while (!Accepts(round, last, kept[last])) last--;
        round.AcceptPath(last - 1);
        round.Next = round.Residual.Draw(round.Noise);
    }

    /// <summary>Whether the first <paramref name="length"/> tokens are kept, where more are not; leaves in <see cref="Verification.Residual"/> what follows them then.</summary>
    private static bool Accepts(Verification round, int length, double kept)
    {
        if (kept <= 0) return false;
        var residual = round.Residual;
        residual.Load(round.Rows.At(length - 1));
        if (length == round.Tree.Count) return round.Noise.Accept(kept);

        // What the next token's refusal leaves: R = [P p - q]+, kept with probability sum R / (sum R + 1 - P).
        residual.Scale(kept);
        round.LoadProposal(length);
        residual.Add(round.Proposal, -1);
        var left = residual.Clip();
        var all = left + (1 - kept);
        if (all > 0 && !round.Noise.Accept(left / all)) return false;
        if (left <= 0) residual.Load(round.Rows.At(length - 1));
        return true;
    }
}
