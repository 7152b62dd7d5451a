using System.Numerics;

namespace Decant.Decoding;

/// <summary>
/// Chooses among k independent draws of a token with one rule for all: x is kept with probability min(1, p(x) / (ρ q(x))), where ρ is as small as still leaves the target's
/// distribution p exact, and then every sequence that goes on with x stays in play. Exact; keeps at least 1 − 1/e of what the best rule could (Sun et al. 2023, SpecTr).
/// </summary>
public sealed record KSeqOptions : VerifierOptions, IVerifier
{
    /// <inheritdoc/>
    public override string Kind => "k-seq";

    /// <summary>Halvings of the interval that ρ is searched in; 1 … 60. With few of them ρ is larger than need be and fewer tokens stay, but it is exact all the same. Default: 40.</summary>
    public int BisectionSteps { get; init; } = 40;

    Guarantee IVerifier.Guarantee => Guarantee.Exact;

    /// <inheritdoc/>
    public override void Validate() => Check(BisectionSteps is >= 1 and <= 60, BisectionSteps, nameof(BisectionSteps), "a number from 1 to 60");

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => law is SiblingLaw.Independent;

    void IVerifier.Verify(Verification round)
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

    private int Take(Verification round)
    {
        var (tree, residual, proposal) = (round.Tree, round.Residual, round.Proposal);
        var (parent, first) = (round.Last, round.Tree.NextChild(round.Last));
        var sequences = tree.SequencesBehind(parent);
        if (first < 0) return -1;
        if (sequences == 0) return SiblingRejection.Accepts(round, first) ? first : -1;

        round.LoadProposal(first);
        var count = BitOperations.PopCount(sequences);
        var rho = Divisor(residual, proposal, count);
        for (; sequences != 0; sequences &= sequences - 1)
        {
            var node = tree.ChildOn(parent, BitOperations.TrailingZeroCount(sequences));
            var token = tree.Tokens[node];
            if (round.Noise.Accept(residual[token] / (rho * proposal[token]))) return node;
        }

        // p - min(q, p / rho) p_acc / beta: what all draws together have not taken.
        var beta = Overlap(residual, proposal, rho);
        if (beta <= 0) return -1;
        var taken = (1 - Math.Pow(1 - beta, count)) / beta;
        foreach (var token in proposal.Ids) residual.Add(token, -taken * Math.Min(proposal[token], residual[token] / rho));
        if (residual.Clip() <= 0) residual.Load(round.Rows.At(parent));
        return -1;
    }

    /// <summary>The ρ in 1 … k with 1 − (1 − β)ᵏ = ρ β, or a little more, where the rule is exact still.</summary>
    private double Divisor(ResidualRow target, ResidualRow proposal, int count)
    {
        var (low, high) = (1.0, (double)count);
        for (var i = 0; i < BisectionSteps && low < high; i++)
        {
            var rho = (low + high) / 2;
            var beta = Overlap(target, proposal, rho);
            if (1 - Math.Pow(1 - beta, count) <= rho * beta) high = rho;
            else low = rho;
        }

        return high;
    }

    /// <summary>β(ρ) = Σ min(q, p / ρ): the probability that one draw is kept.</summary>
    private static double Overlap(ResidualRow target, ResidualRow proposal, double rho)
    {
        var sum = 0.0;
        foreach (var token in proposal.Ids) sum += Math.Min(proposal[token], target[token] / rho);
        return sum;
    }
}
