namespace Decant.Decoding;

/// <summary>A reward that is a function of the text.</summary>
/// <param name="score">Scores one text, larger for better ones.</param>
/// <param name="scoresPartial">Whether it can score a text that goes on.</param>
public sealed class DelegateReward(Func<string, double> score, bool scoresPartial = true) : IReward
{
    /// <inheritdoc/>
    public bool ScoresPartial => scoresPartial;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var scores = new double[candidates.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            scores[i] = score(candidates[i].Text);
        }

        return ValueTask.FromResult<IReadOnlyList<double>>(scores);
    }
}
