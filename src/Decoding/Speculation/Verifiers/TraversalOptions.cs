namespace Decant.Decoding;

/// <summary>
/// Block verification of drafts that branch: goes down the first children to a leaf and keeps that whole path with a probability that depends on all of it; a refused leaf is taken
/// out of the draft, and its parent goes on with its next child, or is itself the leaf. Exact; the same as <see cref="BlockOptions"/> on drafts that do not branch
/// (Weng et al. 2025, traversal verification).
/// </summary>
/// <remarks>Holds one row of weights over the vocabulary for every level of the draft.</remarks>
public sealed record TraversalOptions : VerifierOptions, IVerifier
{
    /// <inheritdoc/>
    public override string Kind => "traversal";

    Guarantee IVerifier.Guarantee => Guarantee.Exact;

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => law is SiblingLaw.WithoutReplacement or SiblingLaw.Single;

    void IVerifier.Verify(Verification round)
    {
        var tree = round.Tree;
        Span<double> kept = stackalloc double[tree.Count + 1];
        kept[0] = 1;
        round.Residual.Load(round.Rows.At(DraftTree.Root));
        var (node, child) = (DraftTree.Root, tree.NextChild(DraftTree.Root));
        while (true)
        {
            for (; child >= 0; child = kept[tree.Depth(node)] > 0 ? tree.NextChild(node) : -1)
            {
                Descend(round, kept, child);
                node = child;
            }

            if (round.Noise.Accept(kept[tree.Depth(node)])) break;
            Refuse(round, kept, node);
            var parent = tree.Parents[node];
            child = kept[tree.Depth(parent)] > 0 ? tree.NextChild(parent, node) : -1;
            node = parent;
        }

        round.AcceptPath(node);
        round.Next = round.Residuals(tree.Depth(node)).Draw(round.Noise);
    }

    // P = min(1, P_parent p(x) / q(x)). Below a token that the target never writes there is no row.
    private static void Descend(Verification round, Span<double> kept, int child)
    {
        var depth = round.Tree.Depth(child);
        kept[depth] = Math.Min(1, kept[depth - 1] * round.Residuals(depth - 1)[round.Tree.Tokens[child]] / round.ProposalOf(child));
        if (kept[depth] > 0) round.Residuals(depth).Load(round.Rows.At(child));
    }

    // The parent goes on with R = [P p - q]+, P becomes sum R / (sum R + 1 - P), p becomes norm(R). A parent with P = 1, the root always, keeps it.
    private static void Refuse(Verification round, Span<double> kept, int node)
    {
        var depth = round.Tree.Depth(node) - 1;
        var residual = round.Residuals(depth);
        round.LoadProposal(node);
        residual.Scale(kept[depth]);
        residual.Add(round.Proposal, -1);
        var left = residual.Clip();
        var all = left + (1 - kept[depth]);
        kept[depth] = all > 0 ? left / all : 1;
        if (left > 0) residual.Scale(1 / left);
        else if (kept[depth] > 0) residual.Load(round.Rows.At(round.Tree.Parents[node]));
    }
}
