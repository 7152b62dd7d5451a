using System.Numerics;

namespace Decant.Decoding;

/// <summary>
/// Tries the children of a node one after the other, each against what those before it have left of the target's distribution p: a token x that was drawn from q is kept with
/// probability min(1, p(x) / q(x)), and a refused one leaves norm([p − q]₊). A token chosen without chance has q(x) = 1.
/// </summary>
internal static class SiblingRejection
{
    public static void Verify(Verification round)
    {
        while (true)
        {
            round.Residual.Load(round.Rows.At(round.Last));
            var node = Take(round);
            if (node < 0) break;
            round.Accept(node);
        }

        round.Next = round.Residual.Draw(round.Noise);
    }

    /// <summary>Decides about one node; a refused one is taken out of <see cref="Verification.Residual"/>.</summary>
    public static bool Accepts(Verification round, int node) => Accepts(round, node, round.Residual[round.Tree.Tokens[node]]);

    /// <inheritdoc cref="Accepts(Verification, int)"/>
    /// <param name="round">The round.</param>
    /// <param name="node">The node.</param>
    /// <param name="probability">What stands for the target's probability of its token.</param>
    public static bool Accepts(Verification round, int node, double probability)
    {
        if (round.Noise.Accept(probability / round.ProposalOf(node))) return true;
        var residual = round.Residual;
        round.LoadProposal(node);
        residual.Add(round.Proposal, -1);
        var left = residual.Clip();

        // Nothing is left only where p = q but for rounding.
        if (left > 0) residual.Scale(1 / left);
        else residual.Load(round.Rows.At(round.Last));
        return false;
    }

    private static int Take(Verification round)
    {
        var tree = round.Tree;
        var parent = round.Last;
        var sequences = round.Law == SiblingLaw.Independent ? tree.SequencesBehind(parent) : 0;
        if (sequences == 0)
        {
            for (var node = tree.NextChild(parent); node >= 0; node = tree.NextChild(parent, node))
            {
                if (Accepts(round, node)) return node;
            }
        }

        // Every draw counts, the second of a token too: two sequences may share a node.
        for (; sequences != 0; sequences &= sequences - 1)
        {
            var node = tree.ChildOn(parent, BitOperations.TrailingZeroCount(sequences));
            if (Accepts(round, node)) return node;
        }

        return -1;
    }
}
