using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>What every engine's sequences share: lengths, trees and who may run. How rows are stored is the engine's.</summary>
internal abstract class EngineSequence : ISequence
{
    private int[] _parents = [];
    private int _busy;

    public abstract ICausalModel Model { get; }

    public int Length { get; private set; }

    /// <summary>Length before the last forward: where a tree's rows begin.</summary>
    public int Before { get; private set; }

    protected bool IsDisposed { get; private set; }

    protected abstract ForwardRequest Request { get; }

    private bool HasOpenTree => _parents.Length > 0;

    public abstract ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default);

    public void Truncate(int length)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (HasOpenTree && length > Before && length < Length)
            throw new InvalidOperationException("Part of a tree cannot be kept by truncation: commit a path of it, or truncate to before it.");
        if (length <= Before) _parents = [];
        SetLength(length);
    }

    public void Commit(ReadOnlySpan<int> path)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var rows = Length - Before;
        for (var i = 0; i < path.Length; i++)
        {
            var parent = i == 0 ? -1 : path[i - 1];
            if ((uint)path[i] >= (uint)rows || (HasOpenTree ? _parents[path[i]] : path[i] - 1) != parent)
                throw new ArgumentException($"Entry {i} of the path, row {path[i]}, is not a child of row {parent} in the last forward of {rows} rows.", nameof(path));
        }

        MoveRows(path);
        _parents = [];
        SetLength(Before + path.Length);
    }

    public ISequence Fork()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (HasOpenTree) throw new InvalidOperationException("Commit or truncate the tree before forking.");
        var fork = Share();
        (fork.Length, fork.Before) = (Length, Before);
        return fork;
    }

    public abstract void Export(Stream destination);

    public void Import(Stream source)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Read(source);
        _parents = [];
        Before = Length;
    }

    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        Free();
    }

    /// <summary>Claims the sequence for a forward, or throws: two callers at once would mix their rows.</summary>
    public ForwardRequest Enter()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Interlocked.Exchange(ref _busy, 1) == 1)
            throw new InvalidOperationException("Another forward of this sequence is running. Fork the sequence to run two.");
        if (!HasOpenTree) return Request;
        Leave();
        throw new InvalidOperationException("The last forward was a tree: commit a path of it, or truncate, before the next forward.");
    }

    public void Leave() => Volatile.Write(ref _busy, 0);

    /// <summary>Appends room for <paramref name="rows"/> rows that no fork sees.</summary>
    public void Grow(int rows, ReadOnlySpan<int> parents)
    {
        // First what Shrink goes back to: there may be no room.
        Before = Length;
        _parents = parents.ToArray();
        Reserve(Length + rows);
        Length += rows;
    }

    /// <summary>Drops all rows, makes room for <paramref name="length"/> others and lets <paramref name="read"/> fill them from a stream. If that fails there are none.</summary>
    /// <exception cref="InvalidDataException">The stream ended too early.</exception>
    public void Replace(int length, Action read)
    {
        Truncate(0);
        if (length == 0) return;
        Grow(length, []);
        try
        {
            read();
        }
        catch (Exception exception)
        {
            // Half a sequence is none.
            Truncate(0);
            if (exception is EndOfStreamException) throw new InvalidDataException("The stream ends in the middle of an exported sequence; export it again.", exception);
            throw;
        }
    }

    /// <summary>Takes a failed or cancelled forward's rows back.</summary>
    public void Shrink()
    {
        _parents = [];
        SetLength(Before);
    }

    /// <summary>Rows that row <paramref name="row"/> of the last forward could see, itself included.</summary>
    public int VisibleRows(int row)
    {
        if (!HasOpenTree) return Before + row + 1;
        var depth = 1;
        for (var parent = _parents[row]; parent >= 0; parent = _parents[parent]) depth++;
        return Before + depth;
    }

    /// <summary>Makes room for rows <see cref="Length"/> … <paramref name="length"/> − 1, which no fork shares.</summary>
    protected abstract void Reserve(int length);

    /// <summary>Gives up rows from <paramref name="length"/> on.</summary>
    protected abstract void Release(int length);

    /// <summary>Moves row <see cref="Before"/> + path[i] to <see cref="Before"/> + i, in order; no row moves up.</summary>
    protected abstract void MoveRows(ReadOnlySpan<int> path);

    /// <summary>A new sequence that shares this one's rows.</summary>
    protected abstract EngineSequence Share();

    /// <summary>Replaces all rows by those that <see cref="Export"/> wrote.</summary>
    protected abstract void Read(Stream source);

    protected abstract void Free();

    private void SetLength(int length)
    {
        Length = length;
        Before = Math.Min(Before, length);
        Release(length);
    }
}
