namespace Decant.Decoding;

/// <summary>One sequence of a <see cref="BranchSet"/> with the tokens it has yet to read.</summary>
internal sealed class Branch(ISequence sequence, bool rides, bool owned) : IDisposable
{
    private int[] _pending = new int[64];
    private int _pendingCount;

    public ISequence Sequence => sequence;

    /// <summary>Whether it runs in the target's batch.</summary>
    public bool Rides => rides;

    public ReadOnlyMemory<int> Pending => _pending.AsMemory(0, _pendingCount);

    /// <summary>Rows the sequence holds once the pending tokens have run.</summary>
    public int Length => sequence.Length + _pendingCount;

    public void Feed(ReadOnlySpan<int> tokens)
    {
        if (_pendingCount + tokens.Length > _pending.Length) Array.Resize(ref _pending, Math.Max(2 * _pending.Length, _pendingCount + tokens.Length));
        tokens.CopyTo(_pending.AsSpan(_pendingCount));
        _pendingCount += tokens.Length;
    }

    public void Ran() => _pendingCount = 0;

    /// <summary>Takes back the last <paramref name="count"/> tokens, whether they have run or not.</summary>
    public void TakeBack(int count)
    {
        var pending = Math.Min(count, _pendingCount);
        _pendingCount -= pending;
        if (count > pending) sequence.Truncate(sequence.Length - (count - pending));
    }

    public Branch Fork()
    {
        var fork = new Branch(sequence.Fork(), rides, owned: true);
        fork.Feed(Pending.Span);
        return fork;
    }

    public void Dispose()
    {
        if (owned) sequence.Dispose();
    }
}
