using System.Diagnostics;
using Decant.Connectors.Chat;
using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>
/// One sequence's part of the steps to come, from its arrival to its result. Belongs to the sequence, which has one forward at a time.
/// A sequence that gave its rows up reads them again first, as if they were its input.
/// </summary>
internal abstract class ForwardRequest(EngineSequence sequence)
{
    // A caller that needs longer between two forwards is not waited for.
    private static readonly long _quick = Stopwatch.Frequency / 200;
    private ForwardInput _asked;
    private CallScope? _call;
    private bool _restoring;
    private long _completed;

    /// <summary>What runs: the caller's input, or what the sequence reads again before it.</summary>
    public ForwardInput Input { get; private set; }

    public CancellationToken Cancellation { get; private set; }

    /// <summary>Why there is no result.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>What the forward returns, or null.</summary>
    public abstract ForwardResult? Outcome { get; }

    public bool IsTree => !Input.Parents.IsEmpty;

    public bool IsStarted { get; private set; }

    /// <summary>Whether there is a result or a failure.</summary>
    public bool IsDone => Failure is not null || (IsStarted && !_restoring && Remaining == 0);

    /// <summary>Rows of <see cref="Input"/> that have run.</summary>
    public int From { get; private set; }

    /// <summary>Rows that run in the next step, behind <see cref="From"/>.</summary>
    public int Take { get; set; }

    /// <summary>Rows that have not run.</summary>
    public int Remaining { get; private set; }

    /// <summary>Whether the sequence usually asks again as soon as it has its result, as a stream of tokens does.</summary>
    public bool ComesBack { get; private set; } = true;

    /// <summary>Whether somebody waits for a first token: the call's, or the sequence's where there is no call.</summary>
    public bool IsFirst => _call is null ? _completed == 0 : !_call.HasBegun;

    public EngineSequence Owner => sequence;

    /// <summary>Completed for a caller that has to wait; null for one whose forward runs inline.</summary>
    private TaskCompletionSource<ForwardResult>? Waiter { get; set; }

    public int Rows(int hiddenSize) => Rows(Input, hiddenSize);

    public ForwardRequest Arrive(in ForwardInput input, CancellationToken cancellationToken)
    {
        DropResult();
        (Input, _asked, Cancellation, Failure, Waiter) = (input, input, cancellationToken, null, null);
        (IsStarted, _restoring, From, Take, Remaining) = (false, false, 0, 0, 0);
        sequence.Join(_call = CallScope.Current);
        ComesBack = _completed == 0 || Stopwatch.GetTimestamp() - _completed < _quick;
        return this;
    }

    public Task<ForwardResult> Wait()
    {
        Waiter = new TaskCompletionSource<ForwardResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Waiter.Task;
    }

    /// <summary>A fork's requests go on from those of what it was forked from.</summary>
    public void Follow(ForwardRequest other) => _completed = other._completed;

    /// <summary>Tokens that the sequence holds when the request has run.</summary>
    public int TokensAfter(int hiddenSize) => sequence.Length + Rows(_asked, hiddenSize);

    /// <summary>Makes room in the sequence and in the result. Afterwards it is started, or it is done with a <see cref="Failure"/>, or there was no room, which is returned.</summary>
    public InsufficientMemoryException? Start(ModelInfo info)
    {
        if (Cancellation.IsCancellationRequested)
        {
            Refuse(new OperationCanceledException(Cancellation));
            return null;
        }

        try
        {
            _restoring = sequence.IsPreempted;
            Input = _restoring ? new ForwardInput(sequence.History!.ToArray()) { Logits = LogitsRows.None } : _asked;
            (From, Remaining) = (0, Rows(info.HiddenSize));
            if (_restoring) sequence.BeginRestore();
            else sequence.Grow(Remaining, Input.Parents.Span);
            PrepareResult(Remaining, Input.LogitsCount(Remaining));
            IsStarted = true;
            return null;
        }
        catch (InsufficientMemoryException full)
        {
            TakeBack();
            return full;
        }
        catch (Exception failure)
        {
            // It is this caller's alone.
            Fail(failure);
            return null;
        }
    }

    /// <summary>Ends the request before it was started.</summary>
    public void Refuse(Exception failure) => Failure = failure;

    /// <summary>The rows of a step have run. When these were the ones that the sequence had given up, what the caller asked for is yet to start.</summary>
    public void Advance()
    {
        From += Take;
        Remaining -= Take;
        Take = 0;
        if (!_restoring || Remaining > 0) return;
        DisposeResult();
        sequence.EndRestore(succeeded: true);
        (_restoring, IsStarted) = (false, false);
    }

    /// <summary>Takes the rows back.</summary>
    public void Fail(Exception failure)
    {
        Failure = failure;
        TakeBack();
    }

    /// <summary>Lets the sequence go without a forward.</summary>
    public void Withdraw() => sequence.Leave();

    /// <summary>Lets the sequence go and hands the outcome to a waiting caller.</summary>
    public void Complete()
    {
        if (Failure is null) sequence.Remember(Input);
        // Read before the sequence is let go: its next forward begins by overwriting them.
        var (waiter, outcome, failure, cancellation) = (Waiter, Outcome, Failure, Cancellation);
        _completed = Stopwatch.GetTimestamp();
        sequence.Leave();
        if (waiter is null) return;
        if (failure is null) waiter.SetResult(outcome!);
        else if (failure is OperationCanceledException) waiter.SetCanceled(cancellation);
        else waiter.SetException(failure);
    }

    /// <summary>Provides a result for <paramref name="rows"/> rows, <paramref name="logitsRows"/> of them with logits. The sequence has grown.</summary>
    protected abstract void PrepareResult(int rows, int logitsRows);

    /// <summary>Forgets the result, which is its receiver's now or has been disposed.</summary>
    protected abstract void DropResult();

    private static int Rows(in ForwardInput input, int hiddenSize) => input.Ids.IsEmpty ? input.Embeddings.Length / hiddenSize : input.Ids.Length;

    private void TakeBack()
    {
        DisposeResult();
        if (_restoring) sequence.EndRestore(succeeded: false);
        else sequence.Shrink();
        IsStarted = false;
    }

    private void DisposeResult()
    {
        Outcome?.Dispose();
        DropResult();
    }
}
