namespace Decant.Decoding;

/// <summary>What beam searches by likelihood have in common. A text's score is the sum of its tokens' log-probabilities, the end token's too, over (number of tokens) ^ <see cref="LengthPenalty"/>.</summary>
public abstract record BeamSearchOptions : SearchOptions
{
    private protected const int MaxBeams = 64;

    /// <summary>The exponent of a text's length that its score is divided by; −10 … 10. 0 is the sum itself, which prefers short texts; above 1 the score prefers long ones. Default: 1, the mean.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>When to stop. Default: by the heuristic.</summary>
    public EarlyStopping EarlyStopping { get; init; }

    /// <summary>How many texts to answer with, each a message of its own with its score, the best one first; 1 … the number of beams. Default: 1.</summary>
    public int Results { get; init; } = 1;

    /// <inheritdoc/>
    internal override int Answers => Results;

    internal override bool Draws => false;

    private protected void Validate(int beams)
    {
        Check(LengthPenalty is >= -10 and <= 10, LengthPenalty, nameof(LengthPenalty), "a number from -10 to 10");
        Check(Enum.IsDefined(EarlyStopping), EarlyStopping, nameof(EarlyStopping), "a known rule");
        Check(Results >= 1 && Results <= beams, Results, nameof(Results), "from 1 to the number of beams");
    }

    private protected ISearch Compile(PlanContext context, int beams, int groups, double diversity)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Require(Kind, ModelCapabilities.Fork);
        return new BeamSearch(run => new LikelihoodBeam(run, this, beams / groups, groups, diversity), Results);
    }
}
