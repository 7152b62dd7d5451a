using System.Diagnostics;
using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>Admits forwards and runs them in steps, in which requests join and leave; each caller gets its own result or failure. One per model.</summary>
internal sealed class ForwardService
{
    // How long all wait for memory until others have to give way, and until one fails: who holds it may be about to let it go.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _lastPatience = TimeSpan.FromSeconds(10);
    private readonly ModelInfo _info;
    private readonly KvMemory _memory;
    private readonly Action<IReadOnlyList<ForwardRequest>> _forward;
    private readonly ForwardQueue _queue;
    private readonly StepPlanner _planner;
    private readonly StepPacer _pacer = new();
    private readonly List<ForwardRequest> _started = [];
    private readonly List<ForwardRequest> _step = [];

    /// <param name="info">The model.</param>
    /// <param name="memory">Where its sequences' rows lie.</param>
    /// <param name="forward">
    /// Runs <see cref="ForwardRequest.Take"/> rows of requests with the same <see cref="ForwardInput.Layers"/>, whose sequences have grown and whose results are prepared. What it throws
    /// reaches all of them.
    /// </param>
    /// <param name="planner">Chooses what runs in a step.</param>
    public ForwardService(ModelInfo info, KvMemory memory, Action<IReadOnlyList<ForwardRequest>> forward, StepPlanner planner)
    {
        (_info, _memory, _forward, _planner) = (info, memory, forward, planner);
        _queue = new ForwardQueue(RunStep);
    }

    public StepCounter Counter { get; } = new();

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
    private bool RunStep(List<ForwardRequest> active, TimeSpan starved)
    {
        _started.Clear();
        foreach (var request in active)
        {
            if (request.IsStarted || (!request.Owner.KeepsBack && TryStart(request, GiveWay.Later, starved))) _started.Add(request);
        }

        if (_started.Count == 0 && active.Find(static request => !request.IsDone) is { } first && TryStart(first, starved > _patience ? GiveWay.All : GiveWay.Siblings, starved)) _started.Add(first);
        if (_started.Count == 0) return false;
        var work = _planner.Plan(_started, _pacer.Work, _step);
        var rows = 0;
        foreach (var request in _step) rows += request.Take;
        var start = Stopwatch.GetTimestamp();
        Exception? failure = null;
        try
        {
            _forward(_step);
            _pacer.Observe(work, Stopwatch.GetElapsedTime(start));
        }
        catch (Exception exception)
        {
            // Whatever it is, it belongs to these callers; the queue must go on for the next.
            failure = exception;
        }

        Counter.Add(_step.Count, rows);
        foreach (var request in _step)
        {
            if (failure is not null) request.Fail(failure);
            else if (request.Cancellation.IsCancellationRequested) request.Fail(new OperationCanceledException(request.Cancellation));
            else request.Advance();
        }

        return true;
    }

    private bool TryStart(ForwardRequest request, GiveWay who, TimeSpan starved)
    {
        try
        {
            while (request.Start(_info) is { } full)
            {
                if (request.TokensAfter(_info.HiddenSize) > _memory.Budget) request.Refuse(full);
                else if (_memory.MakeRoom(request.Owner, who)) continue;
                else if (who == GiveWay.All && starved > _lastPatience) request.Refuse(full);
                return false;
            }
        }
        catch (Exception failure)
        {
            request.Refuse(failure);
        }

        return request.IsStarted;
    }
}
