namespace Decant.Decoding;

/// <summary>Runs the prompts of all branches but for their last chunks, whose logits decide the first token.</summary>
internal static class BranchPrefill
{
    private static readonly Taps _finalHidden = new() { FinalHidden = true };

    /// <inheritdoc cref="RunAsync(GenerationRequest, HiddenRows, ForwardCounter, CancellationToken)"/>
    public static ValueTask<BranchSet> RunAsync(GenerationRequest request, ForwardCounter counter, CancellationToken cancellationToken)
        => RunAsync(request, new HiddenRows(0, 0), counter, cancellationToken);

    /// <summary>Opens the branches; the last chunk of each prompt is fed and has not run.</summary>
    /// <param name="request">The prompts.</param>
    /// <param name="states">Receives the target's final hidden states, if it has room for any.</param>
    /// <param name="counter">Counts the forwards.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    public static async ValueTask<BranchSet> RunAsync(GenerationRequest request, HiddenRows states, ForwardCounter counter, CancellationToken cancellationToken)
    {
        var target = new Branch(request.Sequence, rides: true, owned: false, Edits(request, 0));
        var branches = new Branch[1 + request.Branches.Count];
        branches[0] = target;
        try
        {
            int[] prompt = [.. request.Cached.Span, .. request.Prompt.Span];
            await ForkAsync(request, prompt, branches, states, counter, cancellationToken).ConfigureAwait(false);
            await FillAsync(target, prompt.AsMemory(request.Sequence.Length), request, states, () => counter.Target++, cancellationToken).ConfigureAwait(false);
            for (var i = 1; i < branches.Length; i++)
            {
                var source = request.Branches[i - 1];
                branches[i] ??= new Branch(source.Sequence!, rides: false, owned: false);
                await FillAsync(branches[i], source.Prompt[branches[i].Sequence.Length..], request, null, () => counter.Branches++, cancellationToken).ConfigureAwait(false);
            }

            return new BranchSet(branches, counter);
        }
        catch
        {
            foreach (var branch in branches) branch?.Dispose();
            throw;
        }
    }

    /// <summary>Forks the target's sequence where its prompt and a branch's part, running the target's up to there first.</summary>
    private static async ValueTask ForkAsync(GenerationRequest request, int[] prompt, Branch[] branches, HiddenRows states, ForwardCounter counter, CancellationToken cancellationToken)
    {
        var forks = request.Branches.Select((source, i) => (Index: i + 1, source.Sequence, Shared: Shared(request, i + 1, prompt)))
            .Where(fork => fork.Sequence is null).OrderBy(fork => fork.Shared).ToList();
        foreach (var (index, _, shared) in forks)
        {
            while (request.Sequence.Length < shared)
            {
                var chunk = prompt.AsMemory(request.Sequence.Length, Math.Min(request.PrefillChunk, shared - request.Sequence.Length));
                await RunChunkAsync(branches[0], chunk, states, cancellationToken).ConfigureAwait(false);
                counter.Target++;
            }

            var sequence = request.Sequence.Fork();
            branches[index] = new Branch(sequence, rides: true, owned: true, Edits(request, index));
            sequence.Truncate(shared);
        }
    }

    // The last token of each must run in it: its logits are wanted. What is read with other edits is another model's.
    private static int Shared(GenerationRequest request, int index, ReadOnlySpan<int> prompt)
        => Equals(Edits(request, index), Edits(request, 0)) ? prompt[..^1].CommonPrefixLength(request.Branches[index - 1].Prompt.Span[..^1]) : 0;

    private static ValueList<ResidualEdit>? Edits(GenerationRequest request, int index) => request.Plan.Contrast?.Branches[index].Edits is { Count: > 0 } edits ? edits : null;

    private static async ValueTask FillAsync(Branch branch, ReadOnlyMemory<int> rest, GenerationRequest request, HiddenRows? states, Action count, CancellationToken cancellationToken)
    {
        // Attention maps are returned for every row, and a chunk's would fill gigabytes of a long context; and what has not run, each text of a search runs for itself: then only the last token is left.
        var last = request.Plan.Search?.SharesPrompt == true || (states is not null && request.Plan.Taps?.AttentionLayers.Count > 0) ? 1 : request.PrefillChunk;
        while (rest.Length > last)
        {
            var chunk = Math.Min(request.PrefillChunk, rest.Length - 1);
            await RunChunkAsync(branch, rest[..chunk], states, cancellationToken).ConfigureAwait(false);
            rest = rest[chunk..];
            count();
        }

        branch.Feed(rest.Span);
    }

    private static async ValueTask RunChunkAsync(Branch branch, ReadOnlyMemory<int> chunk, HiddenRows? states, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var taps = states?.Capacity > 0 ? _finalHidden : null;
        using var result = await branch.Sequence.ForwardAsync(new ForwardInput(chunk) { Edits = branch.Edits, Logits = LogitsRows.None, Taps = taps }, cancellationToken).ConfigureAwait(false);
        if (taps is not null) states!.AddFinal(result);
    }
}
