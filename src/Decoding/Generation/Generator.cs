using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Runs a prompt and decodes it as its plan says.</summary>
public static class Generator
{
    /// <summary>Runs the prompt in chunks, then draws and feeds one token at a time, yielding each as soon as it is drawn.</summary>
    /// <remarks>
    /// When the enumeration ends, is broken off or throws, the sequence holds the prompt (or the chunks of it that ran) and every token that was
    /// fed. The last token drawn is not fed: to continue, pass it at the front of the next request's prompt. A token is fed only
    /// when the caller asks for the one after it.
    /// </remarks>
    /// <param name="request">What to generate; checked before this method returns.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <returns>The tokens; the last one of each result says why it ended. Enumerate it once.</returns>
    /// <exception cref="ArgumentException">A member of <paramref name="request"/> is out of range or does not fit the sequence.</exception>
    /// <exception cref="ContextOverflowException">A prompt does not fit in its model's context.</exception>
    /// <exception cref="InvalidLogitsException">While enumerating: the model returned logits that no token can be drawn from.</exception>
    /// <exception cref="NoTokenAllowedException">While enumerating: the constraints leave no token.</exception>
    /// <exception cref="OperationCanceledException">While enumerating: <paramref name="cancellationToken"/> was cancelled.</exception>
    public static IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        foreach (var guard in request.Plan.Detectors) request = request with { Trace = new LabelDetector(guard, request.Detections, request.Trace) };
        return RunAsync(request, cancellationToken);
    }

    private static async IAsyncEnumerable<GeneratedToken> RunAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var limits = new GenerationLimits(request);
        var state = request.Plan.CreateState([.. request.Cached.Span, .. request.Prompt.Span]);
        state.Masks = request.Masks;
        if (request.Plan.Route is not null)
        {
            // Each of its models reads the prompt when it is first asked.
            await foreach (var token in new RoutedRun(request, state, limits).RunAsync(cancellationToken).ConfigureAwait(false)) yield return token;
            yield break;
        }

        var states = new HiddenRows(request.Sequence.Model.Info.HiddenSize, request.Plan.Search?.PromptStates ?? 0);
        using var branches = await BranchPrefill.RunAsync(request, states, request.Counter, cancellationToken).ConfigureAwait(false);
        var tokens = request.Plan.Search is { } search
            ? search.RunAsync(new SearchRun(request, branches, state, limits) { PromptStates = states, ContextTokens = request.ContextTokens }, cancellationToken)
            : request.Plan.Speculation is null
                ? DecodeAsync(request, branches, state, limits, cancellationToken)
                : SpeculateAsync(request, branches, state, limits, cancellationToken);
        using var shadow = request is { Plan.Search: not null, Trace: not null } ? new ForcedResults(request, branches.Fork(new ForwardCounter()), state.Fork()) : null;
        await foreach (var token in tokens.ConfigureAwait(false))
        {
            // What a search weighed is its own affair; what the model made of its choice is read off once more.
            if (shadow is not null && token.Progress is null) await shadow.StepAsync(token, TokenSource.Search, cancellationToken).ConfigureAwait(false);
            yield return token;
        }
    }

    private static async IAsyncEnumerable<GeneratedToken> SpeculateAsync(
        GenerationRequest request, BranchSet branches, GenerationState state, GenerationLimits limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var run = new SpeculativeRun(request, branches, state, limits);
        await foreach (var token in run.RunAsync(cancellationToken).ConfigureAwait(false)) yield return token;
    }

    private static async IAsyncEnumerable<GeneratedToken> DecodeAsync(
        GenerationRequest request, BranchSet branches, GenerationState state, GenerationLimits limits, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var target = request.Plan.Target;
        var distribution = new TokenDistribution();
        Func<ForwardResult, bool> settles = result => target.Settles(result.Logits(0), state, distribution);

        for (var generated = 1; ; generated++)
        {
            int token;
            var clock = new StepClock(request);
            state.Prepare();
            using (var step = await branches.ForwardAsync(1, request.Plan.Contrast?.Taps, settles, cancellationToken).ConfigureAwait(false))
            {
                clock.Ran();
                var rows = step.Rows();
                var processed = target.Row(rows, state, distribution);
                token = Sampler.Draw(distribution, state.Noise, state.Position);
                var source = distribution.Report.IsForced(processed.Length) ? TokenSource.Forced : TokenSource.Target;
                request.Trace?.Add(clock.Time(new TracedRow(token, source, rows, processed, distribution, state)));
            }

            state.Commit(token, distribution);
            var finish = limits.Finish(token, generated, branches);
            yield return new GeneratedToken(token, finish);
            if (finish is not null) yield break;
            branches.Feed([token]);
        }
    }
}
