namespace Decant.Decoding;

/// <summary>Writes continuations a few tokens on and says how likely what is still to be said becomes. Serves one caller at a time.</summary>
/// <remarks>The value of a continuation is the largest, over its steps and the phrases that are still to be said, of the mean log-probability of a phrase's tokens from there on, as far as it looks.</remarks>
internal sealed class PhraseLookahead(SearchRun run, LexicalPhrases phrases, int steps, LookaheadMode mode)
{
    private const int Samples = 5;
    private const int BeamWidth = 4;
    private readonly HypothesisBatch _batch = new(run);
    private readonly CandidateTokens _candidates = new(mode == LookaheadMode.Beam ? BeamWidth : 1);

    /// <summary>The value of each candidate; null where nothing is to be said any more, or nothing follows.</summary>
    /// <param name="candidates">Hypotheses to write on; they are freed.</param>
    /// <param name="progress">What each has said.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    public async ValueTask<double?[]> ValuesAsync(IReadOnlyList<Hypothesis> candidates, IReadOnlyList<LexicalProgress> progress, CancellationToken cancellationToken)
    {
        List<Continued> all = [];
        try
        {
            for (var i = 0; i < candidates.Count; i++)
            {
                (bool HasBegun, int[] Tokens)[] unmet = [.. phrases.Unmet(progress[i])];
                all.Add(new Continued(i, unmet, candidates[i], []));
            }

            for (var step = 0; step < steps; step++)
            {
                var open = all.FindAll(each => each.Hypothesis.IsOpen && each.Unmet.Length > 0);
                if (open.Count == 0 || run.Limits.IsSpent(run.Branches.Counter, open.Count * run.Branches.Count)) break;
                List<Continuation> next = [];
                await _batch.RowsAsync(open.ConvertAll(each => each.Hypothesis), (index, logits, _) =>
                {
                    Read(open[index], logits);
                    if (step < steps - 1) Propose(index, open[index].Hypothesis, logits, step == 0, next);
                }, cancellationToken).ConfigureAwait(false);
                if (step < steps - 1) Grow(open, next, all);
            }

            return [.. Enumerable.Range(0, candidates.Count).Select(index => Mean(all.Where(each => each.Candidate == index && each.Rows.Count > 0)))];
        }
        finally
        {
            foreach (var each in all) each.Hypothesis.Dispose();
            foreach (var candidate in candidates) candidate.Dispose();
        }
    }

    /// <summary>The value of one continuation.</summary>
    /// <param name="unmet">Phrases; those that have begun go on in the first row or not at all.</param>
    /// <param name="rows">By step, the log-probabilities of tokens.</param>
    internal static double Value(IReadOnlyList<(bool HasBegun, int[] Tokens)> unmet, IReadOnlyList<IReadOnlyDictionary<int, double>> rows)
    {
        var largest = double.NegativeInfinity;
        foreach (var (hasBegun, tokens) in unmet)
        {
            for (var start = 0; start < (hasBegun ? 1 : rows.Count); start++)
            {
                var seen = Math.Min(tokens.Length, rows.Count - start);
                var sum = 0.0;
                for (var i = 0; i < seen; i++) sum += rows[start + i][tokens[i]];
                if (seen > 0) largest = Math.Max(largest, sum / seen);
            }
        }

        return largest;
    }

    private static double? Mean(IEnumerable<Continued> continued)
    {
        List<double> values = [.. continued.Select(each => Value(each.Unmet, each.Rows))];
        return values.Count == 0 ? null : values.Average();
    }

    private static void Read(Continued continued, ReadOnlySpan<float> logits)
    {
        var (state, row) = (continued.Hypothesis.State, continued.Hypothesis.Row);
        var offset = state.Sampler.IsGreedy ? row.LogSumExp(logits) : 0;
        Dictionary<int, double> values = [];
        foreach (var (_, tokens) in continued.Unmet)
        {
            foreach (var token in tokens) values[token] = state.Sampler.IsGreedy ? logits[token] - offset : Math.Log(row.ProbabilityOf(token));
        }

        continued.Rows.Add(values);
    }

    private void Propose(int index, Hypothesis hypothesis, ReadOnlySpan<float> logits, bool isFirst, List<Continuation> next)
    {
        if (mode != LookaheadMode.Sample)
        {
            Continuation.Offer(index, hypothesis, logits, _candidates, next);
            return;
        }

        for (var i = 0; i < (isFirst ? Samples : 1); i++)
        {
            var noise = hypothesis.State.Noise.Derive((index * Samples) + i);
            next.Add(new Continuation(index, Sampler.Draw(hypothesis.Row, noise, hypothesis.State.Position), 0, 0));
        }
    }

    /// <summary>Puts what goes on in the place of what it goes on from.</summary>
    private void Grow(List<Continued> open, List<Continuation> next, List<Continued> all)
    {
        if (mode == LookaheadMode.Beam) next = [.. next.GroupBy(each => open[each.Parent].Candidate).SelectMany(group => group.OrderByDescending(each => each.Score).Take(BeamWidth))];
        foreach (var (index, token, logProbability, _) in next)
        {
            var parent = open[index];
            var child = parent.Hypothesis.Fork();
            all.Add(parent with { Hypothesis = child, Rows = [.. parent.Rows] });
            child.LogProbability = logProbability;
            child.Append(token, parent.Hypothesis.Row, run.Limits);
        }

        foreach (var parent in open.Where(parent => parent.Hypothesis.IsOpen))
        {
            parent.Hypothesis.Dispose();
            all.Remove(parent);
        }
    }

    /// <summary>One way that a candidate may go on.</summary>
    private sealed record Continued(int Candidate, (bool HasBegun, int[] Tokens)[] Unmet, Hypothesis Hypothesis, List<IReadOnlyDictionary<int, double>> Rows);
}
