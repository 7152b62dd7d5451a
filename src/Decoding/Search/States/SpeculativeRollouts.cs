namespace Decant.Decoding;

/// <summary>Writes texts on with the plan's speculation, one after the other: rounds of a draft and a forward each. Serves one caller at a time.</summary>
internal sealed class SpeculativeRollouts(GenerationRequest request, GenerationLimits limits)
{
    private bool _haveRead;

    /// <inheritdoc cref="HypothesisBatch.ExtendAsync(IReadOnlyList{Hypothesis}, int, int, WriteToken?, CancellationToken)"/>
    public async ValueTask ExtendAsync(IReadOnlyList<Hypothesis> hypotheses, int tokens, int length, WriteToken? write, CancellationToken cancellationToken)
    {
        foreach (var hypothesis in hypotheses)
        {
            var most = Math.Min(tokens, length - hypothesis.State.Generated.Length);
            if (hypothesis.IsOpen && most > 0) await ExtendAsync(hypothesis, most, write, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ExtendAsync(Hypothesis hypothesis, int tokens, WriteToken? write, CancellationToken cancellationToken)
    {
        await ReadPromptAsync(cancellationToken).ConfigureAwait(false);
        var generated = hypothesis.State.Generated.Length;
        var (written, isBlocked) = (0, false);
        var runLimits = limits.After(generated, tokens);
        var likelihood = new LogLikelihood(hypothesis, write);
        ReadOnlyMemory<int> text = hypothesis.State.Tokens.ToArray();
        List<BranchSource> drafts = [];
        try
        {
            foreach (var draft in request.Drafts) drafts.Add(new BranchSource(text, draft.Sequence!.Fork()));
            using var run = new SpeculativeRun(request with { Drafts = drafts, MaxTokens = runLimits.MaxTokens, Trace = likelihood }, hypothesis.Branches, hypothesis.State, runLimits);
            await foreach (var token in run.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                hypothesis.Branches.Counter.Tokens++;
                written++;
                if (token.Finish is null) continue;

                // Where the run was over and the text is not, it goes on from its last token, which the run has fed and takes back.
                var room = hypothesis.Branches.Room + 1;
                hypothesis.Wrote(token.Finish == FinishKind.MaxTokens ? limits.Finish(token.Id, hypothesis.State.Generated.Length, room, hypothesis.Branches.Counter) : token.Finish);
                hypothesis.Branches.Feed([token.Id]);
            }
        }
        catch (NoTokenAllowedException exception)
        {
            // Drafted tokens on the way there are text too: without a draft they are written one by one, from the row behind the last token, which is run again.
            hypothesis.State.Rollback(hypothesis.State.Generated.Length - generated - written);
            isBlocked = tokens > 1 && generated + written > 0;
            if (isBlocked)
            {
                hypothesis.Branches.TakeBack(1);
                hypothesis.Branches.Feed(hypothesis.State.Tokens[^1..]);
            }
            else hypothesis.DeadEnd = exception;
        }
        finally
        {
            foreach (var draft in drafts) draft.Sequence!.Dispose();
        }

        hypothesis.LogProbability += likelihood.Sum;
        for (; isBlocked && written < tokens && hypothesis.IsOpen; written++) await ExtendAsync(hypothesis, 1, write, cancellationToken).ConfigureAwait(false);
    }

    // Once for all texts, whose drafts begin with it.
    private async ValueTask ReadPromptAsync(CancellationToken cancellationToken)
    {
        if (_haveRead) return;
        foreach (var draft in request.Drafts)
        {
            var last = Math.Min(draft.Prompt.Length, draft.Sequence!.Model.Info.ContextLength) - 1;
            while (draft.Sequence.Length < last)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var chunk = draft.Prompt[draft.Sequence.Length..Math.Min(last, draft.Sequence.Length + request.PrefillChunk)];
                using var result = await draft.Sequence.ForwardAsync(new ForwardInput(chunk) { Logits = LogitsRows.None }, cancellationToken).ConfigureAwait(false);
                request.Counter.Drafts++;
            }
        }

        _haveRead = true;
    }

    /// <summary>Adds up the log-probabilities of the tokens it is told of, and passes them on.</summary>
    private sealed class LogLikelihood(Hypothesis hypothesis, WriteToken? write) : ITraceSink
    {
        public double Sum { get; private set; }

        public void Add(in TracedRow row)
        {
            var logProbability = HypothesisBatch.LogProbability(row.State, row.Distribution, row.Processed, row.Token);
            Sum += logProbability;
            write?.Invoke(hypothesis, row.Token, logProbability, row.Processed, row.Distribution);
        }
    }
}
