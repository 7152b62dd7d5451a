using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Runs a prompt and decodes token by token.</summary>
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
    /// <returns>The tokens; the last one says why the generation ended. Enumerate it once.</returns>
    /// <exception cref="ArgumentException">A member of <paramref name="request"/> is out of range or does not fit the sequence.</exception>
    /// <exception cref="ContextOverflowException">The prompt does not fit in the model's context.</exception>
    /// <exception cref="InvalidLogitsException">While enumerating: the model returned logits that no token can be drawn from.</exception>
    /// <exception cref="OperationCanceledException">While enumerating: <paramref name="cancellationToken"/> was cancelled.</exception>
    public static IAsyncEnumerable<GeneratedToken> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Validate();
        return RunAsync(request, cancellationToken);
    }

    private static async IAsyncEnumerable<GeneratedToken> RunAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var target = new TargetDistribution(request.Sampling);
        var state = target.CreateState([.. request.Cached.Span, .. request.Prompt.Span]);
        var distribution = new TokenDistribution();
        int[] endTokens = [.. request.EndTokens];
        var lastDrawn = new int[1];

        var next = await PrefillAsync(request, cancellationToken).ConfigureAwait(false);
        for (var generated = 1; ; generated++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using (var result = await request.Sequence.ForwardAsync(new ForwardInput(next), cancellationToken).ConfigureAwait(false))
            {
                if (generated == 1) request.PrefillProgress?.Invoke(request.Prompt.Length);
                target.Row(new BranchRows(result.Logits(0)), state, distribution);
            }

            var token = Sampler.Draw(distribution, state.Noise, state.Position);
            state.Commit(token);
            var finish = Finish(request, token, generated, endTokens);
            yield return new GeneratedToken(token, finish);
            if (finish is not null) yield break;

            lastDrawn[0] = token;
            next = lastDrawn;
        }
    }

    /// <summary>Runs all chunks of the prompt but the last, which is returned: its logits decide the first token.</summary>
    private static async ValueTask<ReadOnlyMemory<int>> PrefillAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        var rest = request.Prompt;
        while (rest.Length > request.PrefillChunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var input = new ForwardInput(rest[..request.PrefillChunk]) { Logits = LogitsRows.None };
            using (await request.Sequence.ForwardAsync(input, cancellationToken).ConfigureAwait(false)) rest = rest[request.PrefillChunk..];
            request.PrefillProgress?.Invoke(request.Prompt.Length - rest.Length);
        }

        return rest;
    }

    private static FinishKind? Finish(GenerationRequest request, int token, int generated, int[] endTokens)
    {
        if (endTokens.AsSpan().Contains(token)) return FinishKind.EndToken;
        if (generated == request.MaxTokens) return FinishKind.MaxTokens;
        return request.Sequence.Length == request.Sequence.Model.Info.ContextLength ? FinishKind.ContextFull : null;
    }
}
