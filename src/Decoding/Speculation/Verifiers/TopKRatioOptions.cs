namespace Decant.Decoding;

/// <summary>
/// Keeps drafted tokens that are among the target's likeliest: x stays if it is one of the <see cref="K"/> likeliest and at least <see cref="Ratio"/> times as likely as the
/// likeliest; of a draft that branches the longest such path. Not exact: what is drafted is favoured. With greedy sampling it gives the greedy text.
/// </summary>
public sealed record TopKRatioOptions : VerifierOptions, IVerifier, IAcceptanceRule
{
    /// <inheritdoc/>
    public override string Kind => "top-k-ratio";

    /// <summary>How many of the target's likeliest tokens a draft may be, those as likely as the last of them included; 1 … 64. Default: 3.</summary>
    public int K { get; init; } = 3;

    /// <summary>How likely it must be, as a part of the likeliest token's probability; 0 … 1. Default: 0.5.</summary>
    public double Ratio { get; init; } = 0.5;

    Guarantee IVerifier.Guarantee => Guarantee.GreedyEqual;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(K is >= 1 and <= 64, K, nameof(K), "a number from 1 to 64");
        Check(Ratio is >= 0 and <= 1, Ratio, nameof(Ratio), "a number from 0 to 1");
    }

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => true;

    void IVerifier.Verify(Verification round) => LongestPath.Verify(round, this);

    double IAcceptanceRule.Least(TokenDistribution target)
    {
        // The K largest so far, in descending order.
        Span<float> largest = stackalloc float[K];
        foreach (var probability in target.Probabilities)
        {
            if (probability <= largest[^1]) continue;
            var place = K - 1;
            for (; place > 0 && largest[place - 1] < probability; place--) largest[place] = largest[place - 1];
            largest[place] = probability;
        }

        return Math.Max(largest[^1], Ratio * largest[0]);
    }
}
