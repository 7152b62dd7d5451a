using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>Admits forwards, batches what waits, and gives each caller its own result or failure. One per model.</summary>
internal sealed class ForwardService
{
    private readonly ModelInfo _info;
    private readonly Action<IReadOnlyList<ForwardRequest>> _forward;
    private readonly ForwardQueue _queue;
    private readonly List<ForwardRequest> _running = [];
    private readonly List<ForwardRequest> _alike = [];

    /// <param name="info">The model.</param>
    /// <param name="forward">Runs requests with the same <see cref="ForwardInput.Layers"/>, whose sequences have grown and whose results are prepared. What it throws reaches all of them.</param>
    public ForwardService(ModelInfo info, Action<IReadOnlyList<ForwardRequest>> forward)
    {
        (_info, _forward) = (info, forward);
        _queue = new ForwardQueue(RunBatch);
    }

    public ValueTask<ForwardResult> ForwardAsync(EngineSequence sequence, in ForwardInput input, CancellationToken cancellationToken) =>
        _queue.Enter(Admit(sequence, input, cancellationToken));

    public ValueTask<ForwardResult[]> ForwardAsync(ICausalModel model, ReadOnlyMemory<SequenceForward> batch, CancellationToken cancellationToken)
    {
        var requests = new List<ForwardRequest>(batch.Length);
        try
        {
            foreach (var (sequence, input) in batch.Span)
            {
                if (sequence is not EngineSequence own || !ReferenceEquals(own.Model, model))
                    throw new ArgumentException("Every sequence of a batch must have been opened by this model.", nameof(batch));
                requests.Add(Admit(own, input, cancellationToken));
            }
        }
        catch
        {
            foreach (var request in requests) request.Withdraw();
            throw;
        }

        return requests.Count == 0 ? new([]) : _queue.Enter(requests);
    }

    private ForwardRequest Admit(EngineSequence sequence, in ForwardInput input, CancellationToken cancellationToken)
    {
        var request = sequence.Enter();
        try
        {
            InputCheck.Validate(input, _info, sequence.Length);
        }
        catch
        {
            request.Withdraw();
            throw;
        }

        return request.Arrive(input, cancellationToken);
    }

    // Each request ends with a result or a failure of its own: one caller's trouble stays with that caller.
    private void RunBatch(IReadOnlyList<ForwardRequest> batch)
    {
        _running.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Start(_info)) _running.Add(batch[i]);
        }

        // Rows run together where they run the same parts of the layers.
        while (_running.Count > 0)
        {
            var layers = _running[0].Input.Layers;
            var others = 0;
            _alike.Clear();
            for (var i = 0; i < _running.Count; i++)
            {
                if (_running[i].Input.Layers == layers) _alike.Add(_running[i]);
                else _running[others++] = _running[i];
            }

            _running.RemoveRange(others, _running.Count - others);
            RunAlike();
        }
    }

    private void RunAlike()
    {
        Exception? failure = null;
        try
        {
            _forward(_alike);
        }
        catch (Exception exception)
        {
            // Whatever it is, it belongs to these callers; the queue must go on for the next.
            failure = exception;
        }

        foreach (var request in _alike)
        {
            if (failure is not null) request.Fail(failure);
            else if (request.Cancellation.IsCancellationRequested) request.Fail(new OperationCanceledException(request.Cancellation));
        }
    }
}
