namespace Decant.Decoding;

/// <summary>
/// Rejection that lets more pass: keeps a drafted token x with probability min(1, f(p(x)) / q(x)), where f makes more of the target's probability; the first that is refused is
/// replaced by a draw from norm([p − q]₊). Not exact, except with <see cref="Epsilon"/> = 1, where it is <see cref="RejectionOptions"/>; for drafts that do not branch
/// (Leviathan et al. 2023, appendix; Zhou et al. 2024, DistillSpec). With greedy sampling it gives the greedy text.
/// </summary>
public sealed record LenientOptions : VerifierOptions, IVerifier
{
    /// <inheritdoc/>
    public override string Kind => "lenient";

    /// <summary>ε: the smaller, the more passes; 0.01 … 1. Default: 0.5.</summary>
    public double Epsilon { get; init; } = 0.5;

    /// <summary>f, what is made of p. Default: <see cref="LenienceForm.Quotient"/>.</summary>
    public LenienceForm Form { get; init; } = LenienceForm.Quotient;

    Guarantee IVerifier.Guarantee => Guarantee.GreedyEqual;

    /// <inheritdoc/>
    public override void Validate()
    {
        Check(Epsilon is >= 0.01 and <= 1, Epsilon, nameof(Epsilon), "a number from 0.01 to 1");
        Check(Enum.IsDefined(Form), Form, nameof(Form), "a known form");
    }

    /// <inheritdoc/>
    public override IVerifier Compile(PlanContext context) => this;

    bool IVerifier.Supports(SiblingLaw law) => law is SiblingLaw.Single;

    void IVerifier.Verify(Verification round)
    {
        var residual = round.Residual;
        while (true)
        {
            var node = round.Tree.NextChild(round.Last);
            residual.Load(round.Rows.At(round.Last));
            if (node < 0) break;
            if (!SiblingRejection.Accepts(round, node, Lenient(residual[round.Tree.Tokens[node]]))) break;
            round.Accept(node);
        }

        round.Next = residual.Draw(round.Noise);
    }

    private double Lenient(double probability) => Form switch
    {
        LenienceForm.Quotient => probability / Epsilon,
        LenienceForm.SquareQuotient => probability / (Epsilon * Epsilon),
        _ => Math.Pow(probability, Epsilon),
    };
}
