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

    /// <summary>Whether a branch has no room for another token.</summary>
    public bool IsFull
    {
        get
        {
            foreach (var branch in _branches)
            {
                if (branch.Length >= branch.Sequence.Model.Info.ContextLength) return true;
            }

            return false;
        }
    }

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
    public BranchSet Fork() => new([.. _branches.Select(branch => branch.Fork())], _counter);

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
        _step.Open(rows);
        try
        {
            await RunTargetAsync(rows, taps, cancellationToken).ConfigureAwait(false);
            if (_batch.Length == _branches.Length || settles?.Invoke(_step.Target) == true) return _step;
            for (var i = 0; i < _branches.Length; i++)
            {
                if (_branches[i].Rides) continue;
                cancellationToken.ThrowIfCancellationRequested();
                _step.Set(i, await _branches[i].Sequence.ForwardAsync(Input(_branches[i], rows, null), cancellationToken).ConfigureAwait(false));
                _branches[i].Ran();
                _counter.Branches++;
            }

            return _step;
        }
        catch
        {
            _step.Dispose();
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
            _step.Set(0, await Target.ForwardAsync(Input(_branches[0], rows, taps), cancellationToken).ConfigureAwait(false));
            _branches[0].Ran();
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
                if (!_branches[i].Rides) continue;
                _step.Set(i, results[next++]);
                _branches[i].Ran();
            }

            _counter.Branches += count - 1;
        }

        _counter.Target++;
    }

    private static ForwardInput Input(Branch branch, int rows, Taps? taps)
        => new(branch.Pending) { Logits = rows == 1 ? LogitsRows.Last : LogitsRows.All, Taps = taps };
}
