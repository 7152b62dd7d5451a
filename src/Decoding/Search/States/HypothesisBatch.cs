namespace Decant.Decoding;

/// <summary>Is told that the row of a hypothesis' next token is there.</summary>
/// <param name="index">The hypothesis' index among those that were asked for; its <see cref="Hypothesis.Row"/> is filled.</param>
/// <param name="logits">Logits after processors and masks; valid during the call.</param>
/// <param name="step">Its forward, for taps; valid during the call.</param>
internal delegate void ReadRow(int index, ReadOnlySpan<float> logits, BranchStep step);

/// <summary>Is told of a token that is about to be appended to a hypothesis.</summary>
/// <param name="hypothesis">The hypothesis, without the token.</param>
/// <param name="token">The token.</param>
/// <param name="logProbability">Its log-probability.</param>
/// <param name="logits">Logits after processors and masks; valid during the call.</param>
/// <param name="row">What it was drawn from; valid during the call.</param>
internal delegate void WriteToken(Hypothesis hypothesis, int token, double logProbability, ReadOnlySpan<float> logits, TokenDistribution row);

/// <summary>Runs hypotheses together: each forward has all of them in one batch, over the prompt's cache which they share. Serves one caller at a time.</summary>
internal sealed class HypothesisBatch(SearchRun run)
{
    private readonly BranchBatch _batch = new();

    // Of a text that is only written on, the row is needed until its token is drawn: one is enough for all, and rows are as long as vocabularies.
    private readonly TokenDistribution _row = new();

    /// <summary>Makes the row of every hypothesis' next token. Where constraints leave none, it gets its <see cref="Hypothesis.DeadEnd"/>.</summary>
    /// <param name="open">Hypotheses that go on; at least one.</param>
    /// <param name="read">Called for each that has a next token, in order.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    public ValueTask RowsAsync(IReadOnlyList<Hypothesis> open, ReadRow read, CancellationToken cancellationToken) => RowsAsync(open, null, read, cancellationToken);

    private async ValueTask RowsAsync(IReadOnlyList<Hypothesis> open, TokenDistribution? row, ReadRow read, CancellationToken cancellationToken)
    {
        foreach (var hypothesis in open) hypothesis.State.Prepare();
        var steps = await _batch.ForwardAsync([.. open.Select(hypothesis => hypothesis.Branches)], run.Plan.Taps, cancellationToken).ConfigureAwait(false);
        try
        {
            for (var i = 0; i < steps.Length; i++)
            {
                var hypothesis = open[i];
                try
                {
                    var logits = run.Plan.Target.Row(steps[i].Rows(), hypothesis.State, row ?? hypothesis.Row);
                    read(i, logits, steps[i]);
                }
                catch (NoTokenAllowedException exception)
                {
                    hypothesis.DeadEnd = exception;
                }
            }
        }
        finally
        {
            foreach (var step in steps) step.Dispose();
        }
    }

    /// <summary>Writes every hypothesis on until it ends, or by so many tokens, and adds up their log-probabilities.</summary>
    /// <param name="hypotheses">Those that have ended stay as they are.</param>
    /// <param name="tokens">Most tokens.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    public ValueTask ExtendAsync(IReadOnlyList<Hypothesis> hypotheses, int tokens, CancellationToken cancellationToken)
        => ExtendAsync(hypotheses, tokens, int.MaxValue, null, cancellationToken);

    /// <inheritdoc cref="ExtendAsync(IReadOnlyList{Hypothesis}, int, CancellationToken)"/>
    /// <param name="hypotheses">Those that have ended stay as they are.</param>
    /// <param name="tokens">Most tokens to write.</param>
    /// <param name="length">Most tokens that a text is to have behind the prompt; longer ones stay as they are.</param>
    /// <param name="write">Told of every token, or null.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    public async ValueTask ExtendAsync(IReadOnlyList<Hypothesis> hypotheses, int tokens, int length, WriteToken? write, CancellationToken cancellationToken)
    {
        if (run.Plan.Speculation is not null)
        {
            await run.Rollouts.ExtendAsync(hypotheses, tokens, length, write, cancellationToken).ConfigureAwait(false);
            return;
        }

        List<Hypothesis> open = [];
        for (var i = 0; i < tokens; i++)
        {
            open.Clear();
            open.AddRange(hypotheses.Where(hypothesis => hypothesis.IsOpen && hypothesis.State.Generated.Length < length));
            if (open.Count == 0) return;
            await RowsAsync(open, _row, (index, logits, _) =>
            {
                var hypothesis = open[index];
                var token = Sampler.Draw(_row, hypothesis.State.Noise, hypothesis.State.Position);
                var logProbability = LogProbability(hypothesis.State, _row, logits, token);
                hypothesis.LogProbability += logProbability;
                write?.Invoke(hypothesis, token, logProbability, logits, _row);
                hypothesis.Append(token, _row, run.Limits);
            }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A token's log-probability in a row: as it is drawn, or, where the likeliest is always taken, at temperature 1 with nothing cut off.</summary>
    public static float LogProbability(GenerationState state, TokenDistribution row, ReadOnlySpan<float> logits, int token)
        => state.Sampler.IsGreedy ? logits[token] - row.LogSumExp(logits) : MathF.Log(row.ProbabilityOf(token));
}
