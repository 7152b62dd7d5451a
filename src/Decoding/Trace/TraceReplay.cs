namespace Decant.Decoding;

/// <summary>Runs a traced generation again and compares.</summary>
/// <remarks>
/// On the CPU engine and wherever a model is batch-invariant, the log-probabilities of a replay equal the trace's bit by bit; on other engines the same
/// row may differ in its last digits from run to run: allow 1e-6 there, and more with half-precision weights.
/// </remarks>
public static class TraceReplay
{
    /// <summary>Feeds the trace's own tokens, draws none, and compares the log-probabilities of every stage and branch.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="request">The same model, prompt and plan as then, on a sequence of its own. Seed, trace, counter and limits of it do not matter.</param>
    /// <param name="tolerance">How much log-probabilities may differ; at least 0.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <exception cref="ArgumentException"><paramref name="request"/> has a prompt of another length, or does not fit its sequence.</exception>
    /// <exception cref="InvalidOperationException">A constraint refuses one of the tokens: the plan is another one.</exception>
    public static async Task<ReplayResult> ReplayAsync(this DecodingTrace trace, GenerationRequest request, double tolerance = 0, CancellationToken cancellationToken = default)
    {
        var (again, recorder) = Prepare(trace, request, tolerance);
        var state = again.Plan.CreateState([.. again.Cached.Span, .. again.Prompt.Span]);
        if (again.Plan.Route is not null)
        {
            var routed = new RoutedRun(again, state, new GenerationLimits(again));
            foreach (var token in trace.Tokens) await routed.StepAsync(token.Id, cancellationToken).ConfigureAwait(false);
            return Compare(trace, recorder.ToTrace(trace.Finish), tolerance);
        }

        using var run = new ForcedResults(again, await BranchPrefill.RunAsync(again, again.Counter, cancellationToken).ConfigureAwait(false), state);
        foreach (var token in trace.Tokens)
        {
            // What a search decided, a replay does not find out once more.
            if (token.Weights is { } weights) state.PromptWeights?.Set(token.Position, [.. weights]);
            await run.StepAsync(new GeneratedToken(token.Id) { Result = token.Result, Score = token.Score }, token.Source, cancellationToken).ConfigureAwait(false);
        }

        return Compare(trace, recorder.ToTrace(trace.Finish), tolerance);
    }

    /// <summary>Generates once more with the trace's options and seed, and compares tokens and log-probabilities.</summary>
    /// <param name="trace">The trace.</param>
    /// <param name="request">The same model, prompt, plan and limits as then, on a sequence of its own. Seed, trace and counter of it do not matter.</param>
    /// <param name="tolerance">How much log-probabilities may differ; at least 0.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <exception cref="ArgumentException"><paramref name="request"/> has a prompt of another length, or does not fit its sequence.</exception>
    public static async Task<ReplayResult> RepeatAsync(this DecodingTrace trace, GenerationRequest request, double tolerance = 0, CancellationToken cancellationToken = default)
    {
        var (again, recorder) = Prepare(trace, request, tolerance);
        FinishKind? finish = null;
        var given = 0;
        await foreach (var token in Generator.GenerateAsync(again, cancellationToken).ConfigureAwait(false))
        {
            finish = token.Finish;

            // The caller stopped it there.
            if (++given == trace.Tokens.Count && trace.Finish is null) break;
        }

        recorder.Keep(given);

        return Compare(trace, recorder.ToTrace(finish), tolerance);
    }

    private static (GenerationRequest Request, TraceRecorder Recorder) Prepare(DecodingTrace trace, GenerationRequest request, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        request.Validate();
        var length = request.Cached.Length + request.Prompt.Length;
        if (length != trace.PromptLength) throw new ArgumentException($"The trace is of a prompt of {trace.PromptLength} tokens, but the request's has {length}. Replay it on the same prompt.", nameof(request));
        request = request with { Plan = request.Plan.WithSeed(trace.Seed), Counter = new ForwardCounter(), Route = new RouteCounter() };
        var recorder = new TraceRecorder(request, top: 0);
        return (request with { Trace = recorder }, recorder);
    }

    private static ReplayResult Compare(DecodingTrace trace, DecodingTrace replay, double tolerance)
    {
        for (var i = 0; i < Math.Min(trace.Tokens.Count, replay.Tokens.Count); i++)
        {
            if (Compare(i, trace.Tokens[i], replay.Tokens[i], tolerance) is { } divergence) return new ReplayResult(replay, divergence);
        }

        return new ReplayResult(replay, Differs(Math.Min(trace.Tokens.Count, replay.Tokens.Count), "number of tokens", trace.Tokens.Count, replay.Tokens.Count, 0));
    }

    private static TraceDivergence? Compare(int index, TracedToken expected, TracedToken actual, double tolerance)
    {
        var divergence = Differs(index, "token", expected.Id, actual.Id, 0)
            ?? Differs(index, "number of stages", expected.Stages.Count, actual.Stages.Count, 0)
            ?? Differs(index, "number of branches", expected.Branches.Count, actual.Branches.Count, 0);
        for (var i = 0; divergence is null && i < expected.Branches.Count; i++)
            divergence = Differs(index, $"logprob of branch {expected.Branches[i].Name}", expected.Branches[i].LogProbability, actual.Branches[i].LogProbability, tolerance);
        for (var i = 0; divergence is null && i < expected.Stages.Count; i++)
            divergence = Differs(index, $"logprob at stage {expected.Stages[i].Stage}", expected.Stages[i].LogProbability, actual.Stages[i].LogProbability, tolerance);
        return divergence;
    }

    // Equal infinities have no difference.
    private static TraceDivergence? Differs(int index, string what, double expected, double actual, double tolerance)
        => expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance ? null : new TraceDivergence(index, what, expected, actual);
}
