namespace Decant.Decoding;

/// <summary>Keeps the longest path of a draft whose tokens a rule accepts, the likeliest among equally long ones; the target draws the token behind it as without speculation.</summary>
internal static class LongestPath
{
    public static void Verify(Verification round, IAcceptanceRule rule)
    {
        var tree = round.Tree;
        Span<double> likelihood = stackalloc double[tree.Count];
        likelihood.Fill(double.NaN);
        var best = DraftTree.Root;
        for (var parent = DraftTree.Root; parent < tree.Count; parent++)
        {
            if (parent >= 0 && double.IsNaN(likelihood[parent])) continue;
            var node = tree.NextChild(parent);
            if (node < 0) continue;
            var target = round.Rows.At(parent);
            var least = rule.Least(target);
            for (; node >= 0; node = tree.NextChild(parent, node))
            {
                var probability = target.ProbabilityOf(tree.Tokens[node]);
                if (probability <= 0 || probability < least) continue;
                likelihood[node] = (parent < 0 ? 0 : likelihood[parent]) + Math.Log(probability);
                if (tree.Depth(node) > tree.Depth(best) || (tree.Depth(node) == tree.Depth(best) && likelihood[node] > likelihood[best])) best = node;
            }
        }

        round.AcceptPath(best);
        round.Next = round.Noise.DrawTarget(round.Rows.At(best), round.Rows.Position(best));
    }
}
