namespace Decant.Decoding;

/// <summary>A reward that is a function of the text.</summary>
public sealed class DelegateReward : IReward
{
    private readonly Func<RewardCandidate, double> _score;

    /// <summary>Creates a reward.</summary>
    /// <param name="score">Scores one text, larger for better ones.</param>
    /// <param name="scoresPartial">Whether it can score a text that goes on.</param>
    public DelegateReward(Func<string, double> score, bool scoresPartial = true)
        : this(scoresPartial, candidate => score(candidate.Text))
    {
    }

    internal DelegateReward(bool scoresPartial, Func<RewardCandidate, double> score) => (ScoresPartial, _score) = (scoresPartial, score);

    /// <inheritdoc/>
    public bool ScoresPartial { get; }

    /// <inheritdoc/>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <inheritdoc/>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var scores = new double[candidates.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores[i] = _score(candidates[i]);
        }

        return ValueTask.FromResult<IReadOnlyList<double>>(scores);
    }
}
