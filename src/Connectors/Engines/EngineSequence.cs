using System.Diagnostics;
using Decant.Connectors.Chat;
using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>What every engine's sequences share: lengths, trees, who may run, and giving memory up for others. How rows are stored is the engine's.</summary>
/// <param name="history">Where the read tokens are kept, so that rows can be given up and read again; null where no sequence ever has to.</param>
internal abstract class EngineSequence(SequenceHistory? history) : ISequence
{
    private static readonly TimeSpan _leastBackOff = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _mostBackOff = TimeSpan.FromSeconds(2);

    // Owner and engine: the engine may take an idle sequence's rows away.
    private readonly Lock _state = new();
    private int[] _parents = [];
    private bool _busy;
    private TimeSpan _backOff = _leastBackOff;
    private long _gaveUp;

    public abstract ICausalModel Model { get; }

    public int Length { get; private set; }

    /// <summary>Length before the last forward: where a tree's rows begin.</summary>
    public int Before { get; private set; }

    /// <summary>How urgent the call is that it belongs to, as of its last forward.</summary>
    public CallPriority Priority { get; private set; } = CallPriority.Normal;

    /// <summary>When that call came, or the sequence where there is none: smaller is earlier, and goes first.</summary>
    public long Order { get; set; }

    /// <summary>Whether the rows were given up: the next forward reads them again.</summary>
    public bool IsPreempted { get; private set; }

    /// <summary>What the sequence has read, where it can be read again.</summary>
    public SequenceHistory? History => history;

    protected bool IsDisposed { get; private set; }

    protected abstract ForwardRequest Request { get; }

    private bool HasOpenTree => _parents.Length > 0;

    public abstract ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default);

    public void Truncate(int length)
    {
        using var scope = _state.EnterScope();
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
        using var scope = _state.EnterScope();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var rows = Length - Before;
        for (var i = 0; i < path.Length; i++)
        {
            var parent = i == 0 ? -1 : path[i - 1];
            if ((uint)path[i] >= (uint)rows || (HasOpenTree ? _parents[path[i]] : path[i] - 1) != parent)
                throw new ArgumentException($"Entry {i} of the path, row {path[i]}, is not a child of row {parent} in the last forward of {rows} rows.", nameof(path));
        }

        MoveRows(path);
        history?.Move(Before, path);
        _parents = [];
        SetLength(Before + path.Length);
    }

    public ISequence Fork()
    {
        using var scope = _state.EnterScope();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (HasOpenTree) throw new InvalidOperationException("Commit or truncate the tree before forking.");
        var fork = Share(history?.Copy());
        fork.Request.Follow(Request);
        // The engine knows the fork already, and must find it without rows or whole.
        lock (fork._state) (fork.Length, fork.Before, fork.IsPreempted) = (Length, Before, IsPreempted);
        return fork;
    }

    public void Export(Stream destination)
    {
        using var scope = _state.EnterScope();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (IsPreempted) throw new InvalidOperationException("The sequence gave its memory up for another. Its next forward reads it again: export it after that.");
        Write(destination);
    }

    public void Import(Stream source)
    {
        using var scope = _state.EnterScope();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Read(source);
        _parents = [];
        Before = Length;
    }

    public void Dispose()
    {
        using var scope = _state.EnterScope();
        if (IsDisposed) return;
        IsDisposed = true;
        Free();
    }

    /// <summary>Claims the sequence for a forward, or throws: two callers at once would mix their rows.</summary>
    public ForwardRequest Enter()
    {
        using var scope = _state.EnterScope();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (_busy) throw new InvalidOperationException("Another forward of this sequence is running. Fork the sequence to run two.");
        if (HasOpenTree) throw new InvalidOperationException("The last forward was a tree: commit a path of it, or truncate, before the next forward.");
        _busy = true;
        return Request;
    }

    public void Leave()
    {
        lock (_state) _busy = false;
    }

    /// <summary>Makes the sequence part of the call on whose behalf the caller runs.</summary>
    public void Join(CallScope? call)
    {
        Priority = call?.Priority ?? CallPriority.Normal;
        if (call is not null) Order = call.Order;
    }

    /// <summary>Whether another sequence is the more urgent one, or as urgent and of an earlier call or, with <paramref name="siblings"/>, of the same.</summary>
    public bool GivesWayTo(EngineSequence other, bool siblings)
        => Priority < other.Priority || (Priority == other.Priority && (Order > other.Order || (siblings && Order == other.Order)));

    /// <summary>Whether the rows were given up so lately that they would soon be again. The more often, the longer.</summary>
    public bool KeepsBack => IsPreempted && Stopwatch.GetElapsedTime(_gaveUp) < _backOff;

    /// <summary>Gives all rows up, to be read again at the next forward. False for a sequence that is in use, or whose rows cannot be read again.</summary>
    public bool TryPreempt()
    {
        // Its owner may be at work on it for long, writing it to a file, say.
        if (!_state.TryEnter()) return false;
        try
        {
            if ((_busy && Request.IsStarted) || IsDisposed || IsPreempted || HasOpenTree || history is null || history.Count < Length || Length == 0) return false;
            Release(0);
            BackOff();
            return IsPreempted = true;
        }
        finally
        {
            _state.Exit();
        }
    }

    // Reading rows again for one token, and giving them up before the next, helps nobody.
    private void BackOff()
    {
        var calm = Stopwatch.GetElapsedTime(_gaveUp) > _mostBackOff;
        _backOff = calm ? _leastBackOff : TimeSpan.FromTicks(Math.Min(2 * _backOff.Ticks, _mostBackOff.Ticks));
        _gaveUp = Stopwatch.GetTimestamp();
    }

    /// <summary>Makes room for the rows that were given up: as if the sequence's last forward were to read them all.</summary>
    public void BeginRestore()
    {
        var length = Length;
        Length = 0;
        try
        {
            Reserve(length);
        }
        catch
        {
            Release(0);
            throw;
        }
        finally
        {
            Length = length;
        }

        Before = 0;
    }

    /// <summary>The rows are there again, or have been given up a second time.</summary>
    public void EndRestore(bool succeeded)
    {
        IsPreempted = !succeeded;
        if (!succeeded) Release(0);
        Before = Length;
    }

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
        try
        {
            Grow(length, []);
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

    /// <summary>Notes what the last forward read, in case it has to be read again.</summary>
    public void Remember(in ForwardInput input)
    {
        if (history is not null && !input.Ids.IsEmpty && input.Edits is null && input.Layers is null) history.Append(Before, input.Ids.Span);
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
    protected abstract EngineSequence Share(SequenceHistory? history);

    /// <summary>Writes all rows as <see cref="Read"/> reads them.</summary>
    protected abstract void Write(Stream destination);

    /// <summary>Replaces all rows by those that <see cref="Export"/> wrote.</summary>
    protected abstract void Read(Stream source);

    protected abstract void Free();

    private void SetLength(int length)
    {
        Length = length;
        Before = Math.Min(Before, length);
        history?.Truncate(length);
        IsPreempted &= length > 0;
        Release(length);
    }
}
