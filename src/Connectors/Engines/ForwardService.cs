using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>Admits forwards, batches what waits, and gives each caller its own result or failure. One per model.</summary>
internal sealed class ForwardService
{
    private readonly ModelInfo _info;
    private readonly Action<IReadOnlyList<ForwardRequest>> _forward;
    private readonly ForwardQueue _queue;
    private readonly List<ForwardRequest> _running = [];

    /// <param name="info">The model.</param>
    /// <param name="forward">Runs requests whose sequences have grown and whose results are prepared. What it throws reaches all of them.</param>
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
        InputCheck.Validate(input, _info, sequence.Length);
        return sequence.Enter().Arrive(input, cancellationToken);
    }

    // Each request ends with a result or a failure of its own: one caller's trouble stays with that caller.
    private void RunBatch(IReadOnlyList<ForwardRequest> batch)
    {
        _running.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Start(_info)) _running.Add(batch[i]);
        }

        if (_running.Count == 0) return;
        Exception? failure = null;
        try
        {
            _forward(_running);
        }
        catch (Exception exception)
        {
            // Whatever it is, it belongs to these callers; the queue must go on for the next.
            failure = exception;
        }

        foreach (var request in _running)
        {
            if (failure is not null) request.Fail(failure);
            else if (request.Cancellation.IsCancellationRequested) request.Fail(new OperationCanceledException(request.Cancellation));
        }
    }
}
