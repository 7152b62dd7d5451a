namespace Decant.Decoding;

/// <summary>Runs the prompts of all branches but for their last chunks, whose logits decide the first token.</summary>
internal static class BranchPrefill
{
    /// <summary>Opens the branches; the last chunk of each prompt is fed and has not run.</summary>
    public static async ValueTask<BranchSet> RunAsync(GenerationRequest request, ForwardCounter counter, CancellationToken cancellationToken)
    {
        var target = new Branch(request.Sequence, rides: true, owned: false);
        var branches = new Branch[1 + request.Branches.Count];
        branches[0] = target;
        try
        {
            int[] prompt = [.. request.Cached.Span, .. request.Prompt.Span];
            await ForkAsync(request, prompt, branches, counter, cancellationToken).ConfigureAwait(false);
            await FillAsync(target, prompt.AsMemory(request.Sequence.Length), request, () => counter.Target++, cancellationToken).ConfigureAwait(false);
            for (var i = 1; i < branches.Length; i++)
            {
                var source = request.Branches[i - 1];
                branches[i] ??= new Branch(source.Sequence!, rides: false, owned: false);
                await FillAsync(branches[i], source.Prompt[branches[i].Sequence.Length..], request, () => counter.Branches++, cancellationToken).ConfigureAwait(false);
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
    private static async ValueTask ForkAsync(GenerationRequest request, int[] prompt, Branch[] branches, ForwardCounter counter, CancellationToken cancellationToken)
    {
        var forks = request.Branches.Select((source, i) => (Index: i + 1, source.Sequence, Shared: Shared(prompt, source.Prompt.Span)))
            .Where(fork => fork.Sequence is null).OrderBy(fork => fork.Shared).ToList();
        foreach (var (index, _, shared) in forks)
        {
            while (request.Sequence.Length < shared)
            {
                var chunk = prompt.AsMemory(request.Sequence.Length, Math.Min(request.PrefillChunk, shared - request.Sequence.Length));
                await RunChunkAsync(request.Sequence, chunk, cancellationToken).ConfigureAwait(false);
                counter.Target++;
            }

            var sequence = request.Sequence.Fork();
            branches[index] = new Branch(sequence, rides: true, owned: true);
            sequence.Truncate(shared);
        }
    }

    // The last token of each must run in it: its logits are wanted.
    private static int Shared(ReadOnlySpan<int> target, ReadOnlySpan<int> branch) => target[..^1].CommonPrefixLength(branch[..^1]);

    private static async ValueTask FillAsync(Branch branch, ReadOnlyMemory<int> rest, GenerationRequest request, Action count, CancellationToken cancellationToken)
    {
        while (rest.Length > request.PrefillChunk)
        {
            await RunChunkAsync(branch.Sequence, rest[..request.PrefillChunk], cancellationToken).ConfigureAwait(false);
            rest = rest[request.PrefillChunk..];
            count();
        }

        branch.Feed(rest.Span);
    }

    private static async ValueTask RunChunkAsync(ISequence sequence, ReadOnlyMemory<int> chunk, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (await sequence.ForwardAsync(new ForwardInput(chunk) { Logits = LogitsRows.None }, cancellationToken).ConfigureAwait(false))
        {
        }
    }
}
