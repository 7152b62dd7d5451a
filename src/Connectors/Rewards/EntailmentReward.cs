using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Decant.Decoding;

namespace Decant.Connectors.Rewards;

/// <summary>How far an answer follows from the call's documents: the share of its sentences that one of them entails, or whether they all do.</summary>
/// <remarks>Scores whole texts only; one without sentences has 0. A call without documents (<see cref="ChatOptionsExtensions.WithDocuments"/>) is a fault.</remarks>
public sealed class EntailmentReward : IReward
{
    private readonly ConcurrentReward _each;

    /// <summary>Creates a reward.</summary>
    /// <param name="judge">Says what follows from what.</param>
    /// <param name="all">Whether every sentence must follow: then the score is 1 or 0. Default: no, it is their share.</param>
    /// <param name="maxConcurrency">Most texts at once; at least 1. Default: 4.</param>
    public EntailmentReward(IEntailmentJudge judge, bool all = false, int maxConcurrency = 4)
    {
        ArgumentNullException.ThrowIfNull(judge);
        _each = new ConcurrentReward(async (context, candidate, cancellationToken) =>
        {
            if (context is not ChatRewardContext { Documents: { Count: > 0 } documents }) throw new InvalidOperationException("The call has no documents: give them with ChatOptions.WithDocuments.");
            var sentences = TextUnits.Sentences(candidate.Text);
            var entailed = 0;
            foreach (var sentence in sentences)
            {
                if (await FollowsAsync(judge, context.Prompt, documents, candidate.Text[sentence], cancellationToken).ConfigureAwait(false)) entailed++;
                else if (all) return 0;
            }

            return sentences.Count == 0 ? 0 : (double)entailed / sentences.Count;
        }, maxConcurrency);
    }

    /// <inheritdoc/>
    public bool ScoresPartial => false;

    /// <inheritdoc/>
    public double Minimum => 0;

    /// <inheritdoc/>
    public double Maximum => 1;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        => _each.ScoreAsync(context, candidates, cancellationToken);

    private static async ValueTask<bool> FollowsAsync(IEntailmentJudge judge, string question, IReadOnlyList<ChatDocument> documents, string sentence, CancellationToken cancellationToken)
    {
        foreach (var document in documents)
        {
            if (await judge.EntailsAsync(question, document.Text, sentence, cancellationToken).ConfigureAwait(false)) return true;
        }

        return false;
    }
}
