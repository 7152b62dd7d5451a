using System.Diagnostics;
using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>
/// Lets one step at a time through the model. A lone request runs inline on its caller's thread; requests that arrive meanwhile join the next step. Knows nothing of tokens.
/// </summary>
/// <param name="run">
/// Runs a step of the active requests, given in order of arrival, and says whether there was one: there is none where all wait for memory, and it is told for how long that has been so.
/// Must not throw: each request ends with a result or a failure of its own.
/// </param>
internal sealed class ForwardQueue(Func<List<ForwardRequest>, TimeSpan, bool> run)
{
    // Milliseconds: what waits for memory is tried again so often.
    private const int Retry = 10;
    private readonly object _gate = new();
    private readonly List<ForwardRequest> _waiting = [];
    private readonly List<ForwardRequest> _active = [];
    private bool _busy;
    private int _wanted;
    private int _completed;
    private long? _starvedSince;
    private long _stepTime;

    public ValueTask<ForwardResult> Enter(ForwardRequest request)
    {
        lock (_gate)
        {
            if (_busy)
            {
                var task = request.Wait();
                Wait(request);
                return new(task);
            }

            _busy = true;
        }

        _active.Add(request);
        while (!request.IsDone) RunStep();
        Leave();
        return request.Failure is null ? new(request.Outcome!) : ValueTask.FromException<ForwardResult>(request.Failure);
    }

    /// <summary>Runs an explicit batch, together with what else is waiting.</summary>
    public async ValueTask<ForwardResult[]> Enter(IReadOnlyList<ForwardRequest> requests)
    {
        var tasks = requests.Select(request => request.Wait()).ToArray();
        bool alone;
        lock (_gate)
        {
            foreach (var request in requests) Wait(request);
            alone = !_busy;
            _busy = true;
        }

        if (alone)
        {
            while (!Array.TrueForAll(tasks, task => task.IsCompleted)) RunStep();
            Leave();
        }

        try
        {
            return await Task.WhenAll(tasks).ConfigureAwait(false);
        }
        catch
        {
            // One request failed: the others' results have no owner any more.
            foreach (var task in tasks.Where(task => task.IsCompletedSuccessfully)) (await task.ConfigureAwait(false)).Dispose();
            throw;
        }
    }

    private void Wait(ForwardRequest request)
    {
        _waiting.Add(request);
        if (_waiting.Count >= _wanted) Monitor.Pulse(_gate);
    }

    // The caller has its own result to return: the others go on, on the pool.
    private void Leave()
    {
        lock (_gate)
        {
            _busy = _active.Count > 0 || _waiting.Count > 0;
            if (!_busy) return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Drain(), this, preferLocal: false);
    }

    private void Drain()
    {
        while (true)
        {
            lock (_gate)
            {
                AwaitReturns();
                if (_active.Count == 0 && _waiting.Count == 0)
                {
                    _busy = false;
                    return;
                }
            }

            RunStep();
        }
    }

    // Streams ask for their next token as soon as they have drawn one. Going on without them would make two half-empty steps of one.
    private void AwaitReturns()
    {
        _wanted = _waiting.Count + _completed;
        if (_completed > 0 && _wanted + _active.Count > 1)
        {
            var end = Environment.TickCount64 + Math.Clamp(_stepTime / 4, 1, 10);
            while (_waiting.Count < _wanted && end - Environment.TickCount64 is var left and > 0) Monitor.Wait(_gate, (int)left);
        }

        _wanted = 0;
    }

    private void RunStep()
    {
        lock (_gate)
        {
            if (_starvedSince is not null && _waiting.Count == 0)
            {
                _wanted = 1;
                Monitor.Wait(_gate, Retry);
                _wanted = 0;
            }

            _active.AddRange(_waiting);
            _waiting.Clear();
        }

        var start = Stopwatch.GetTimestamp();
        var ran = run(_active, _starvedSince is { } since ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero);
        _stepTime = (long)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        _completed = 0;
        var count = _active.Count;
        for (var i = 0; i < _active.Count;)
        {
            var request = _active[i];
            if (!request.IsDone)
            {
                i++;
                continue;
            }

            if (request.ComesBack) _completed++;
            _active.RemoveAt(i);
            request.Complete();
        }

        // When one has gone, the next has patience of its own.
        _starvedSince = ran || _active.Count < count ? null : _starvedSince ?? start;
    }
}
