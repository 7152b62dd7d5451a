namespace Decant.Decoding;

/// <summary>
/// The branches of one generation state: sequences with prompts of their own that are fed the same generated tokens. Branches of the target's model run in the target's
/// batch; those of other models run when they are needed and catch up in one block.
/// </summary>
/// <remarks>Serves one caller at a time. Opened by <see cref="BranchPrefill"/>.</remarks>
public sealed class BranchSet : IDisposable
{
    private readonly Branch[] _branches;
    private readonly ForwardCounter _counter;
    private readonly SequenceForward[] _batch;
    private readonly BranchStep _step;

    internal BranchSet(Branch[] branches, ForwardCounter counter)
    {
        (_branches, _counter) = (branches, counter);
        _batch = new SequenceForward[branches.Count(branch => branch.Rides)];
        _step = new BranchStep(branches.Length);
    }

    /// <summary>The target's sequence.</summary>
    public ISequence Target => _branches[0].Sequence;

    /// <summary>Number of branches, the target included.</summary>
    public int Count => _branches.Length;

    /// <summary>What has run.</summary>
    public ForwardCounter Counter => _counter;

    /// <summary>How many more tokens every branch has room for.</summary>
    public int Room
    {
        get
        {
            var room = int.MaxValue;
            foreach (var branch in _branches) room = Math.Min(room, branch.Sequence.Model.Info.ContextLength - branch.Length);
            return room;
        }
    }

    /// <summary>Whether a branch has no room for another token.</summary>
    public bool IsFull => Room <= 0;

    internal BranchStep Step => _step;

    internal IReadOnlyList<Branch> Branches => _branches;

    /// <summary>Gives every branch tokens to read; they run with the next forward.</summary>
    public void Feed(ReadOnlySpan<int> tokens)
    {
        foreach (var branch in _branches) branch.Feed(tokens);
    }

    /// <summary>Takes back the last <paramref name="count"/> tokens that were fed, whether they have run or not.</summary>
    public void TakeBack(int count)
    {
        foreach (var branch in _branches) branch.TakeBack(count);
    }

    /// <summary>An independent set with the same contents.</summary>
    public BranchSet Fork() => Fork(_counter);

    internal BranchSet Fork(ForwardCounter counter) => new([.. _branches.Select(branch => branch.Fork())], counter);

    /// <summary>Runs what was fed.</summary>
    /// <param name="rows">How many logits rows to return: the last so many fed tokens'; at least 1.</param>
    /// <param name="taps">What else the target's forward returns, or null.</param>
    /// <param name="settles">Asked, with the target's row, whether branches of other models can stay behind this time; null: they cannot. Only for one row.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    /// <returns>The rows, until disposed. It is this set's own: one step at a time.</returns>
    /// <exception cref="ContextOverflowException">The tokens do not fit in a branch's context.</exception>
    public async ValueTask<BranchStep> ForwardAsync(int rows = 1, Taps? taps = null, Func<ForwardResult, bool>? settles = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await RunTargetAsync(rows, taps, cancellationToken).ConfigureAwait(false);
            if (_batch.Length == _branches.Length || settles?.Invoke(_step.Target) == true) return _step;
            for (var i = 0; i < _branches.Length; i++)
            {
                if (_branches[i].Rides) continue;
                cancellationToken.ThrowIfCancellationRequested();
                Take(i, await _branches[i].Sequence.ForwardAsync(Input(_branches[i], rows, null), cancellationToken).ConfigureAwait(false));
            }

            return _step;
        }
        catch
        {
            _step.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs alternatives for the next token side by side, in one forward per branch. None of them is part of the set until <see cref="Keep(int)"/>, which must
    /// follow before anything else is fed, forked or run.
    /// </summary>
    /// <param name="tokens">The alternatives, at most <see cref="Room"/> of them.</param>
    /// <param name="taps">What else the target's forward returns, or null.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    /// <returns>One row per alternative, until disposed. It is this set's own: one step at a time.</returns>
    /// <exception cref="NotSupportedException">A model cannot run alternatives (<see cref="ModelCapabilities.TreeRows"/>).</exception>
    public async ValueTask<BranchStep> TryAsync(ReadOnlyMemory<int> tokens, Taps? taps = null, CancellationToken cancellationToken = default)
    {
        foreach (var branch in _branches) branch.Try(tokens.Span, []);
        try
        {
            return await ForwardAsync(tokens.Length, taps, null, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Keep(-1);
            throw;
        }
    }

    /// <summary>Keeps one of the tokens that <see cref="TryAsync"/> ran, as if it had been fed and had run.</summary>
    /// <param name="index">Which, or −1 for none. Where nothing is being tried, nothing happens.</param>
    public void Keep(int index) => Keep(index < 0 ? [] : new ReadOnlySpan<int>(in index));

    /// <summary>Keeps some of the tokens that were tried, as if they had been fed and had run.</summary>
    /// <param name="path">Which, each the child of the one before; empty for none.</param>
    internal void Keep(ReadOnlySpan<int> path)
    {
        foreach (var branch in _branches) branch.Keep(path);
    }

    /// <summary>Runs what was fed and a draft behind it, in one forward per branch. None of the draft is part of the set until <see cref="Keep(ReadOnlySpan{int})"/>.</summary>
    /// <param name="tree">The draft, of at most <see cref="Room"/> tokens.</param>
    /// <param name="taps">What else the target's forward returns, or null.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    /// <returns>The row behind what was fed, then one per drafted token; until disposed. It is this set's own: one step at a time.</returns>
    internal async ValueTask<BranchStep> DraftAsync(DraftTree tree, Taps? taps, CancellationToken cancellationToken)
    {
        foreach (var branch in _branches) branch.Try(tree.TokenMemory.Span, tree.ParentMemory.Span);
        try
        {
            return await ForwardAsync(tree.Count + 1, taps, null, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Keep(-1);
            throw;
        }
    }

    /// <summary>Frees the sequences this set owns: all but the target's and those the caller gave.</summary>
    public void Dispose()
    {
        foreach (var branch in _branches) branch.Dispose();
    }

    private async ValueTask RunTargetAsync(int rows, Taps? taps, CancellationToken cancellationToken)
    {
        if (_batch.Length == 1)
        {
            Take(0, await Target.ForwardAsync(Input(_branches[0], rows, taps), cancellationToken).ConfigureAwait(false));
        }
        else
        {
            var count = 0;
            foreach (var branch in _branches)
            {
                if (branch.Rides) _batch[count] = new SequenceForward(branch.Sequence, Input(branch, rows, count++ == 0 ? taps : null));
            }

            var results = await Target.Model.ForwardAsync(_batch, cancellationToken).ConfigureAwait(false);
            var next = 0;
            for (var i = 0; i < _branches.Length; i++)
            {
                if (_branches[i].Rides) Take(i, results[next++]);
            }
        }
    }

    internal void Take(int index, ForwardResult result)
    {
        _step.Set(index, result);
        _branches[index].Ran();
        if (index == 0) _counter.Target++;
        else _counter.Branches++;
    }

    internal static ForwardInput Input(Branch branch, int rows, Taps? taps)
        => new(branch.Pending) { Parents = branch.Parents, Edits = branch.Edits, LastRows = rows, Taps = taps };
}
