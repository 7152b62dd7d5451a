namespace Decant.Decoding;

/// <summary>Scores one call's texts: every reward sees each text once, all that are new together. Serves one caller at a time.</summary>
internal sealed class RewardScorer(RewardContext context, RewardTerm[] terms, AnswerText text, RewardCounter counter, TimeProvider time, ReferenceTexts? references)
{
    /// <summary>Whether a reward may score no more texts in this call: the search ends with what it has.</summary>
    public bool IsSpent => Allowance <= 0;

    /// <summary>How many more texts every reward may score in this call.</summary>
    public int Allowance => terms.Min(term => term.Allowance);

    /// <summary>A text to score.</summary>
    /// <param name="tokens">Generated tokens, which do not change any more.</param>
    /// <param name="isComplete">Whether the text ends here.</param>
    public RewardCandidate Candidate(int[] tokens, bool isComplete) => new(tokens, isComplete, text.Read);

    /// <summary>Draws the texts that scores are calibrated with, where there are any. A search that writes on the run's own branches calls it first: later they would go on with its text.</summary>
    public async ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        if (references is not null) await references.GetAsync(this, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets the reward of every hypothesis.</summary>
    public async ValueTask ScoreAsync(IReadOnlyList<Hypothesis> hypotheses, CancellationToken cancellationToken)
    {
        var scores = await ScoreAsync(hypotheses.Select(each => Candidate(each.State.Generated.ToArray(), each.IsComplete)).ToList(), cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < hypotheses.Count; i++) hypotheses[i].Reward = scores[i];
    }

    /// <summary>The weighted sum of all rewards for each text; −∞ for one that was cut off where a reward scores whole texts only.</summary>
    /// <exception cref="RewardException">A reward failed that may not.</exception>
    public async ValueTask<double[]> ScoreAsync(IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var totals = new double[candidates.Count];
        if (candidates.Count == 0) return totals;
        var compared = references is null ? [] : await references.GetAsync(this, cancellationToken).ConfigureAwait(false);
        var start = time.GetTimestamp();
        foreach (var term in terms) await term.AddAsync(context, candidates, compared, totals, counter, cancellationToken).ConfigureAwait(false);
        counter.Time += time.GetElapsedTime(start);
        return totals;
    }
}
