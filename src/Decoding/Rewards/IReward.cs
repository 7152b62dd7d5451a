namespace Decant.Decoding;

/// <summary>Says how good texts are. Searches ask it about many at once; options name it, or describe it as data (<see cref="RewardOptions"/>).</summary>
/// <remarks>Safe for concurrent use. What it throws fails the call, or drops the reward, as <see cref="RewardOptions.OnFault"/> says.</remarks>
public interface IReward
{
    /// <summary>Whether a text that goes on can be scored as well. Where it cannot, searches that look at beginnings refuse the reward. Default: true.</summary>
    bool ScoresPartial => true;

    /// <summary>The lowest score it can give. Default: −∞.</summary>
    double Minimum => double.NegativeInfinity;

    /// <summary>The highest score it can give: some searches end with a text that has it. Default: +∞.</summary>
    double Maximum => double.PositiveInfinity;

    /// <summary>Most texts that it scores at once; at least 1. Default: any number.</summary>
    int MaxBatch => int.MaxValue;

    /// <summary>Scores texts.</summary>
    /// <param name="context">What the texts answer.</param>
    /// <param name="candidates">The texts; at least one.</param>
    /// <param name="cancellationToken">Cancelled when the call is, and when the reward's time is over.</param>
    /// <returns>One finite number for each text, of which its options make at most ±1e100, larger for better ones.</returns>
    ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken);
}
