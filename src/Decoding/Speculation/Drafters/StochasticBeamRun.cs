namespace Decant.Decoding;

/// <summary>
/// A model that drafts a tree by stochastic beam search (Kool et al. 2019): RSD-S. Every path has a perturbed log-likelihood, and a level keeps the paths with the largest.
/// </summary>
/// <remarks>
/// The perturbed log-likelihoods φ + ln q(x) + Gumbel of a node's children, given that the largest is the node's own, are made from the top: the largest belongs to a token drawn
/// from q, the next is a Gumbel variable with the location φ + ln(what is left of q) that is cut off at the one before, and belongs to a token drawn from what is left, and so on
/// (Maddison et al. 2014). That is the same law as perturbing every token of the vocabulary and shifting the lot, for as many draws as there are children.
/// </remarks>
/// <param name="setup">The call.</param>
/// <param name="name">The drafter's name.</param>
/// <param name="width">Tokens per level.</param>
/// <param name="depth">Levels.</param>
internal sealed class StochasticBeamRun(DraftSetup setup, string name, int width, int depth) : ModelTreeRun(setup, name)
{
    private int[] _children = [];

    protected override int MaxDepth => depth;

    protected override void Grow(int depth)
    {
        foreach (var parent in Level) parent.Left.Load(parent.Proposal);
        if (_children.Length < Level.Length) _children = new int[width];
        Array.Clear(_children);
        for (var count = Math.Min(width, Room); count > 0; count--)
        {
            var best = 0;
            for (var i = 1; i < Level.Length; i++)
            {
                if (Level[i].Value > Level[best].Value) best = i;
            }

            var parent = Level[best];
            if (double.IsNegativeInfinity(parent.Value)) return;
            var token = DrawLeft(parent, _children[best]++ == 0);
            if (Add(parent, token) is { } child)
            {
                child.LogLikelihood = parent.LogLikelihood + Math.Log(parent.Proposal.ProbabilityOf(token) / ResidualRow.Total(parent.Proposal));
                child.Value = parent.Value;
            }

            parent.Value = Next(parent.LogLikelihood + Math.Log(parent.Left.Sum), parent.Value);
        }
    }

    /// <summary>A Gumbel variable with a location, given that it is at most <paramref name="bound"/>: −ln(exp(−bound) + E exp(−location)) with E exponential. −∞ where nothing is left.</summary>
    private double Next(double location, double bound)
    {
        if (double.IsNegativeInfinity(location)) return location;
        var (first, second) = (-bound, Math.Log(-Math.Log(Round.Noise.Uniform())) - location);
        return -(Math.Max(first, second) + Math.Log(1 + Math.Exp(-Math.Abs(first - second))));
    }
}
