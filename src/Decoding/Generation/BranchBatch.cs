namespace Decant.Decoding;

/// <summary>Runs several branch sets of one plan together: each model once for all of them.</summary>
/// <remarks>Serves one caller at a time. Every set's forward is counted.</remarks>
public sealed class BranchBatch
{
    private SequenceForward[] _batch = [];

    /// <summary>Runs what was fed to the sets. The last token of each gets logits.</summary>
    /// <param name="sets">Sets that were forked from one; at least one.</param>
    /// <param name="taps">What else the targets' forwards return, or null.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    /// <returns>One step per set, in order, each until disposed. They are the sets' own.</returns>
    /// <exception cref="ContextOverflowException">The tokens do not fit in a branch's context.</exception>
    public async ValueTask<BranchStep[]> ForwardAsync(IReadOnlyList<BranchSet> sets, Taps? taps = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sets);
        try
        {
            // The target's model runs all branches that are its own; another model those that are.
            await RunAsync(sets, null, taps, cancellationToken).ConfigureAwait(false);
            for (var branch = 1; branch < sets[0].Count; branch++)
            {
                if (!sets[0].Branches[branch].Rides) await RunAsync(sets, branch, null, cancellationToken).ConfigureAwait(false);
            }

            return [.. sets.Select(set => set.Step)];
        }
        catch
        {
            foreach (var set in sets) set.Step.Dispose();
            throw;
        }
    }

    private async ValueTask RunAsync(IReadOnlyList<BranchSet> sets, int? only, Taps? taps, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var count = 0;
        if (_batch.Length < sets.Count * sets[0].Count) _batch = new SequenceForward[sets.Count * sets[0].Count];
        foreach (var set in sets)
        {
            for (var i = 0; i < set.Count; i++)
            {
                if (Runs(set.Branches[i], i, only)) _batch[count++] = new SequenceForward(set.Branches[i].Sequence, BranchSet.Input(set.Branches[i], 1, i == 0 ? taps : null));
            }
        }

        var results = await _batch[0].Sequence.Model.ForwardAsync(_batch.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        count = 0;
        foreach (var set in sets)
        {
            for (var i = 0; i < set.Count; i++)
            {
                if (Runs(set.Branches[i], i, only)) set.Take(i, results[count++]);
            }
        }
    }

    private static bool Runs(Branch branch, int index, int? only) => only is null ? branch.Rides : index == only;
}
