namespace Decant.Connectors.Chat;

/// <summary>Lets so many calls in at a time; the others wait for their turn, and what is too much is refused. Safe for concurrent use.</summary>
/// <param name="maxRunning">Most calls inside; null: no limit.</param>
/// <param name="maxQueued">Most calls that wait; null: no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class CallGate(int? maxRunning, int? maxQueued, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly CallQueue _queue = new();
    private int _running;
    private long _finished;
    private long _refused;
    private double _seconds;

    /// <summary>Calls inside.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Calls that wait.</summary>
    public int Queued
    {
        get
        {
            lock (_lock) return _queue.Count;
        }
    }

    /// <summary>Calls that have left.</summary>
    public long Finished => Interlocked.Read(ref _finished);

    /// <summary>Calls that were not let in.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Waits for the call's turn. A call on behalf of one that is inside goes through at once: the other waits for it.</summary>
    /// <returns>Its place, to be disposed when it leaves.</returns>
    /// <exception cref="QueueFullException">Too many wait.</exception>
    /// <exception cref="DeadlineExceededException">The turn did not come before the call's deadline.</exception>
    public async ValueTask<Place> EnterAsync(CallTurn turn, CancellationToken cancellationToken)
    {
        TaskCompletionSource call;
        lock (_lock)
        {
            if (CallScope.Current is not null || maxRunning is null || (_running < maxRunning && _queue.Count == 0))
            {
                _running++;
                return new Place(this, time.GetTimestamp());
            }

            if (_queue.Count >= maxQueued)
            {
                Interlocked.Increment(ref _refused);
                throw new QueueFullException($"{_running} calls are being answered and {_queue.Count} wait, as many as may. Try again later.", RetryAfter());
            }

            call = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _queue.Add(call, turn);
        }

        try
        {
            await call.Task.WaitAsync(turn.Deadline ?? Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
            return new Place(this, time.GetTimestamp());
        }
        catch (TimeoutException)
        {
            Interlocked.Increment(ref _refused);
            GiveUp(call, turn);
            throw new DeadlineExceededException($"The call's {turn.Deadline!.Value.TotalSeconds:0.###} seconds passed before its turn came.");
        }
        catch (OperationCanceledException)
        {
            GiveUp(call, turn);
            throw;
        }
    }

    private void GiveUp(TaskCompletionSource call, CallTurn turn)
    {
        lock (_lock)
        {
            // Its turn came at the last moment: the next one's, then.
            if (!_queue.Remove(call, turn)) LetNextIn();
        }
    }

    private void Leave(long since)
    {
        var seconds = time.GetElapsedTime(since).TotalSeconds;
        lock (_lock)
        {
            _finished++;
            _seconds = _finished == 1 ? seconds : (0.9 * _seconds) + (0.1 * seconds);
            LetNextIn();
        }
    }

    // A place is handed on, so that nobody who comes now gets in between.
    private void LetNextIn()
    {
        if ((maxRunning is null || _running <= maxRunning) && _queue.Next() is { } next) next.SetResult();
        else _running--;
    }

    // By how long calls have taken lately, the queue is through then.
    private TimeSpan RetryAfter() => TimeSpan.FromSeconds(Math.Ceiling(Math.Clamp(_seconds * (_queue.Count + 1) / _running, 1, 60)));

    /// <summary>A call's place inside.</summary>
    public sealed class Place(CallGate gate, long since) : IDisposable
    {
        public void Dispose() => gate.Leave(since);
    }
}
