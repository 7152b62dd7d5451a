namespace Decant.Decoding;

/// <summary>A reward that scores each text by itself, several at once: a call over a network, a sandbox, a model as a judge.</summary>
public sealed class ConcurrentReward : IReward
{
    private readonly Func<RewardContext, RewardCandidate, CancellationToken, ValueTask<double>> _score;
    private readonly int _maxConcurrency;

    /// <summary>Creates a reward.</summary>
    /// <param name="score">Scores one text, larger for better ones; called from several threads. The first that throws cancels the others.</param>
    /// <param name="maxConcurrency">Most texts at once; at least 1. Default: 4.</param>
    /// <param name="scoresPartial">Whether it can score a text that goes on. Default: no.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is below 1.</exception>
    public ConcurrentReward(Func<RewardContext, RewardCandidate, CancellationToken, ValueTask<double>> score, int maxConcurrency = 4, bool scoresPartial = false)
    {
        ArgumentNullException.ThrowIfNull(score);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        (_score, _maxConcurrency, ScoresPartial) = (score, maxConcurrency, scoresPartial);
    }

    /// <inheritdoc/>
    public bool ScoresPartial { get; }

    /// <inheritdoc/>
    public double Minimum { get; init; } = double.NegativeInfinity;

    /// <inheritdoc/>
    public double Maximum { get; init; } = double.PositiveInfinity;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var scores = new double[candidates.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = _maxConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, scores.Length, options, async (i, token) => scores[i] = await _score(context, candidates[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        return scores;
    }
}
