using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Decodes token by token, and has rewards say of each candidate what the text with it is worth.</summary>
/// <param name="rewards">The rewards.</param>
/// <param name="topK">Most candidates of a token.</param>
/// <param name="weight">How much a reward counts beside a logit, or a log-probability.</param>
/// <param name="tempered">Whether rewards are divided by the sampling's temperature, as logits are.</param>
internal sealed class TokenGuidance(RewardModel rewards, int topK, double weight, bool tempered) : ISearch
{
    public bool SharesPrompt => rewards.IsCalibrated;

    public async IAsyncEnumerable<GeneratedToken> RunAsync(SearchRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The only text there is: it needs no fork, and what it has read stays with the run's owner. Reference texts begin before it does.
        var text = new Hypothesis(run.Branches, run.State);
        var (batch, scorer, candidates) = (new HypothesisBatch(run), rewards.Open(run), new CandidateTokens(topK));
        var isGreedy = run.State.Sampler.IsGreedy;
        await scorer.PrepareAsync(cancellationToken).ConfigureAwait(false);
        do
        {
            await batch.RowsAsync([text], (_, logits, _) => candidates.Fill(logits, text.State, text.Row), cancellationToken).ConfigureAwait(false);
            if (text.DeadEnd is not null) throw text.DeadEnd;
            var scores = await scorer.ScoreAsync(Continuations(text, candidates, scorer, run.Limits), cancellationToken).ConfigureAwait(false);
            Reweigh(text.Row, candidates, scores, tempered ? weight / run.State.Sampler.Temperature : weight, isGreedy);
            var token = text.Draw();
            text.Append(token, text.Row, run.Limits);
            if (scorer.IsSpent) text.Wrote(text.Finish ?? FinishKind.Budget);
            yield return new GeneratedToken(token, text.Finish) { Score = text.Finish is null ? null : scores[candidates.Ids.Span.IndexOf(token)] };
        }
        while (text.Finish is null);
    }

    /// <summary>Makes a row of its candidates: each as likely as it was times e^(weight · reward); where sampling is greedy, the one of the largest logit + weight · reward alone.</summary>
    internal static void Reweigh(TokenDistribution row, CandidateTokens candidates, ReadOnlySpan<double> rewards, double weight, bool isGreedy)
    {
        var ids = candidates.Ids.Span;
        var weights = new double[ids.Length];
        for (var i = 0; i < weights.Length; i++) weights[i] = (isGreedy ? candidates.Logits[i] : Math.Log(candidates.Probabilities[i])) + (weight * rewards[i]);
        var largest = weights.Max();
        if (isGreedy)
        {
            row.SetSingle(ids[weights.AsSpan().IndexOf(largest)]);
            return;
        }

        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++) sum += weights[i] = Math.Exp(weights[i] - largest);
        row.MutableProbabilities.Clear();
        for (var i = 0; i < weights.Length; i++) row.MutableProbabilities[row.IndexOf(ids[i])] = (float)(weights[i] / sum);
    }

    private static List<RewardCandidate> Continuations(Hypothesis text, CandidateTokens candidates, RewardScorer scorer, GenerationLimits limits)
    {
        List<RewardCandidate> continuations = [];
        foreach (var token in candidates.Ids.Span) continuations.Add(scorer.Candidate([.. text.State.Generated, token], limits.IsEnd(token)));
        return continuations;
    }
}
