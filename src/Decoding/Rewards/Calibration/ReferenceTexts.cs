namespace Decant.Decoding;

/// <summary>Texts of a call's plan, to calibrate rewards with: drawn when they are first asked for.</summary>
/// <param name="run">The call.</param>
/// <param name="count">Texts to draw.</param>
internal sealed class ReferenceTexts(SearchRun run, int count)
{
    // Bounds memory for large vocabularies: a forward gives a row of logits for each text that is being drawn.
    private const int AtOnce = 64;

    private List<RewardCandidate>? _texts;

    /// <summary>The texts in the order of their noise, without those that a budget or a dead end cut off.</summary>
    /// <param name="scorer">Makes candidates of them.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    public async ValueTask<IReadOnlyList<RewardCandidate>> GetAsync(RewardScorer scorer, CancellationToken cancellationToken)
    {
        if (_texts is not null) return _texts;
        List<RewardCandidate> texts = [];
        foreach (var numbers in Enumerable.Range(0, count).Chunk(AtOnce))
        {
            // Searches number their noises upwards from 0.
            List<Hypothesis> drawn = [.. numbers.Select(number => Hypothesis.Of(run, -1 - number))];
            try
            {
                await new HypothesisBatch(run).ExtendAsync(drawn, int.MaxValue, cancellationToken).ConfigureAwait(false);
                texts.AddRange(drawn.Where(text => text.DeadEnd is null && text.Finish != FinishKind.Budget).Select(text => scorer.Candidate(text.State.Generated.ToArray(), text.IsComplete)));
            }
            finally
            {
                foreach (var text in drawn) text.Dispose();
            }

            if (run.Limits.IsSpent(run.Branches.Counter)) break;
        }

        return _texts = texts;
    }
}
