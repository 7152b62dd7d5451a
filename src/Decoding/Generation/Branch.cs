namespace Decant.Decoding;

/// <summary>One sequence of a <see cref="BranchSet"/> with the tokens it has yet to read.</summary>
internal sealed class Branch(ISequence sequence, bool rides, bool owned, IReadOnlyList<ResidualEdit>? edits = null) : IDisposable
{
    private int[] _pending = new int[64];
    private int _pendingCount;
    private int[] _parents = [];
    private int _alternatives;
    private int _before;
    private bool _isChain;

    public ISequence Sequence => sequence;

    /// <summary>Whether it runs in the target's batch.</summary>
    public bool Rides => rides;

    /// <summary>What its forwards edit, or null.</summary>
    public IReadOnlyList<ResidualEdit>? Edits => edits;

    public ReadOnlyMemory<int> Pending => _pending.AsMemory(0, _pendingCount);

    /// <summary>Parents of the pending tokens while the last of them are alternatives; empty where each follows the one before.</summary>
    public ReadOnlyMemory<int> Parents => _parents.AsMemory(0, _alternatives == 0 || _isChain ? 0 : _pendingCount);

    /// <summary>Rows the sequence holds once the pending tokens have run. Alternatives do not count until one is kept.</summary>
    public int Length => sequence.Length + _pendingCount - _alternatives;

    public void Feed(ReadOnlySpan<int> tokens)
    {
        if (_pendingCount + tokens.Length > _pending.Length) Array.Resize(ref _pending, Math.Max(2 * _pending.Length, _pendingCount + tokens.Length));
        tokens.CopyTo(_pending.AsSpan(_pendingCount));
        _pendingCount += tokens.Length;
    }

    public void Ran() => _pendingCount = 0;

    /// <summary>Gives it tokens that may follow what was fed before.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="parents">Which of them each follows; −1, and empty for all, for what was fed before.</param>
    public void Try(ReadOnlySpan<int> tokens, ReadOnlySpan<int> parents)
    {
        _before = _pendingCount;
        Feed(tokens);
        _alternatives = tokens.Length;
        if (_parents.Length < _pendingCount) _parents = new int[_pending.Length];
        _isChain = true;
        for (var i = 0; i < _pendingCount; i++)
        {
            _parents[i] = i < _before ? i - 1 : _before + (parents.IsEmpty ? -1 : parents[i - _before]);
            _isChain &= _parents[i] == i - 1;
        }
    }

    /// <summary>Keeps some of the tokens that were tried, each the child of the one before, or none.</summary>
    public void Keep(ReadOnlySpan<int> path)
    {
        if (_alternatives == 0) return;
        if (_pendingCount > 0)
        {
            // They have not run: their forward failed.
            _pendingCount = _before;
        }
        else
        {
            var rows = _parents.AsSpan(0, _before + path.Length);
            for (var i = 0; i < rows.Length; i++) rows[i] = i < _before ? i : _before + path[i - _before];
            sequence.Commit(rows);
        }

        _alternatives = 0;
    }

    /// <summary>Takes back the last <paramref name="count"/> tokens, whether they have run or not.</summary>
    public void TakeBack(int count)
    {
        var pending = Math.Min(count, _pendingCount);
        _pendingCount -= pending;
        if (count > pending) sequence.Truncate(sequence.Length - (count - pending));
    }

    public Branch Fork()
    {
        var fork = new Branch(sequence.Fork(), rides, owned: true, edits);
        fork.Feed(Pending.Span);
        return fork;
    }

    public void Dispose()
    {
        if (owned) sequence.Dispose();
    }
}
