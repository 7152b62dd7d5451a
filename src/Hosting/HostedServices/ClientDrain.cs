namespace Decant.Hosting;

/// <summary>Counts a client's running calls, and lets them end when the host stops. Knows nothing of chat.</summary>
internal sealed class ClientDrain : IDisposable
{
    /// <summary>What a cancelled call's exception says.</summary>
    public const string StoppedMessage = "The host stopped before the answer was whole.";

    // A call that notices its end late is not waited for longer.
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(1);
    private static readonly AsyncLocal<bool> _isInside = new();

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _draining;

    public int Running => Volatile.Read(ref _running);

    /// <summary>A call of a judge or a tool inside a running call is part of that call.</summary>
    /// <exception cref="HostStoppingException">No new calls are answered.</exception>
    public void ThrowIfDraining()
    {
        if (Volatile.Read(ref _draining) && !_isInside.Value) throw new HostStoppingException();
    }

    /// <summary>Begins a call; dispose the result at its end.</summary>
    /// <exception cref="HostStoppingException">No new calls are answered.</exception>
    public Call Enter(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ThrowIfDraining();
            _running++;
        }

        return new Call(this, cancellationToken);
    }

    /// <summary>Answers no new calls, waits for the running ones, and then cancels them.</summary>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting earlier.</param>
    /// <returns>How many calls were cancelled.</returns>
    public async Task<int> DrainAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _draining = true;
            if (_running == 0) _idle.TrySetResult();
        }

        if (await IsIdleAsync(patience, cancellationToken).ConfigureAwait(false)) return 0;
        var cancelled = Running;
        await _stop.CancelAsync().ConfigureAwait(false);
        await IsIdleAsync(_grace, cancellationToken).ConfigureAwait(false);
        return cancelled;
    }

    public void Dispose() => _stop.Dispose();

    private async Task<bool> IsIdleAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            await _idle.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            if (--_running == 0 && _draining) _idle.TrySetResult();
        }
    }

    /// <summary>A running call.</summary>
    public sealed class Call(ClientDrain drain, CancellationToken caller) : IDisposable
    {
        private readonly CancellationTokenSource _both = CancellationTokenSource.CreateLinkedTokenSource(caller, drain._stop.Token);

        /// <summary>Cancelled by the caller or by the drain.</summary>
        public CancellationToken Token => _both.Token;

        /// <summary>Marks what is awaited from here on as part of this call.</summary>
        public static void Step() => _isInside.Value = true;

        /// <summary>The exception with the caller's token, or one that says who stopped the call.</summary>
        public OperationCanceledException Explain(OperationCanceledException exception) => caller.IsCancellationRequested
            ? new OperationCanceledException(exception.Message, exception, caller)
            : new OperationCanceledException(StoppedMessage, exception, Token);

        public void Dispose()
        {
            _both.Dispose();
            drain.Leave();
        }
    }
}
