namespace Decant.Decoding;

/// <summary>
/// Keeps drafted tokens that are typical for the target: x stays if p(x) &gt; min(ε, δ exp(−H(p))), where H is the entropy of the target's distribution p in nats; of a draft that
/// branches the longest such path (Cai et al. 2024, Medusa). Not exact: what is drafted is favoured. With greedy sampling it gives the greedy text.
/// </summary>
public sealed record TypicalOptions : VerifierOptions, IVerifier, IAcceptanceRule
{
    /// <inheritdoc/>
    public override string Kind => "typical";

    /// <summary>ε, the probability that is always enough; 0 … 1. With 1, and <see cref="Alpha"/> at the size of the vocabulary, no draft is kept. Default: 0.09.</summary>
    public double Threshold { get; init; } = 0.09;

    /// <summary>δ, how much of the probability of an average token is enough; 0 … 1 000 000. 0 keeps every token the target may write. Default: 0.3.</summary>
    public double Alpha { get; init; } = 0.3;

    Guarantee IVerifier.Guarantee => Guarantee.GreedyEqual;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Threshold is >= 0 and <= 1, Threshold, nameof(Threshold), "a number from 0 to 1");
        Check(Alpha is >= 0 and <= 1e6, Alpha, nameof(Alpha), "a number from 0 to 1000000");
    }

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => true;

    void IVerifier.Verify(Verification round) => LongestPath.Verify(round, this);

    // The bound itself is not enough.
    double IAcceptanceRule.Least(TokenDistribution target) => Math.BitIncrement(Math.Min(Threshold, Alpha * Math.Exp(-Entropy(target))));

    private static double Entropy(TokenDistribution target)
    {
        var (entropy, total) = (0.0, ResidualRow.Total(target));
        foreach (var probability in target.Probabilities)
        {
            if (probability > 0) entropy -= probability / total * Math.Log(probability / total);
        }

        return entropy;
    }
}
