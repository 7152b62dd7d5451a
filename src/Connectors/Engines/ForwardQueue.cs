using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>
/// Lets one batch at a time through the model. A lone request runs inline on its caller's thread; requests that arrive meanwhile
/// wait and then run together as one batch. Knows nothing of tokens.
/// </summary>
/// <param name="run">Runs a batch. Must not throw: each request ends with a result or a failure of its own.</param>
internal sealed class ForwardQueue(Action<IReadOnlyList<ForwardRequest>> run)
{
    private readonly Lock _gate = new();
    private readonly List<ForwardRequest> _one = new(1);
    private List<ForwardRequest> _waiting = [];
    private List<ForwardRequest> _running = [];
    private bool _busy;

    public ValueTask<ForwardResult> Enter(ForwardRequest request)
    {
        lock (_gate)
        {
            if (_busy)
            {
                var task = request.Wait();
                _waiting.Add(request);
                return new(task);
            }

            _busy = true;
        }

        _one.Clear();
        _one.Add(request);
        run(_one);
        var outcome = request.Failure is null ? new ValueTask<ForwardResult>(request.Outcome!) : ValueTask.FromException<ForwardResult>(request.Failure);
        request.Complete();
        Leave();
        return outcome;
    }

    /// <summary>Runs an explicit batch in one forward, together with what else is waiting.</summary>
    public async ValueTask<ForwardResult[]> Enter(IReadOnlyList<ForwardRequest> requests)
    {
        var tasks = requests.Select(request => request.Wait()).ToArray();
        bool alone;
        lock (_gate)
        {
            _waiting.AddRange(requests);
            alone = !_busy;
            _busy = true;
        }

        if (alone) Drain(once: true);
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

    private void Leave()
    {
        lock (_gate)
        {
            _busy = _waiting.Count > 0;
            if (!_busy) return;
        }

        // The caller has its own result to return: the waiting ones go on, on the pool.
        ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Drain(once: false), this, preferLocal: false);
    }

    private void Drain(bool once)
    {
        do
        {
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _busy = false;
                    return;
                }

                (_waiting, _running) = (_running, _waiting);
            }

            run(_running);
            foreach (var request in _running) request.Complete();
            _running.Clear();
        }
        while (!once);

        Leave();
    }
}
