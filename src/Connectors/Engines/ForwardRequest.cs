using Decant.Decoding;

namespace Decant.Connectors.Engines;

/// <summary>One sequence's part of a batch, from its arrival to its result. Belongs to the sequence, which has one forward at a time.</summary>
internal abstract class ForwardRequest(EngineSequence sequence)
{
    public ForwardInput Input { get; private set; }

    public CancellationToken Cancellation { get; private set; }

    /// <summary>Why there is no result.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>What the forward returns, or null.</summary>
    public abstract ForwardResult? Outcome { get; }

    public bool IsTree => !Input.Parents.IsEmpty;

    /// <summary>Completed for a caller that has to wait; null for one whose forward runs inline.</summary>
    private TaskCompletionSource<ForwardResult>? Waiter { get; set; }

    public int Rows(int hiddenSize) => Input.Ids.IsEmpty ? Input.Embeddings.Length / hiddenSize : Input.Ids.Length;

    public ForwardRequest Arrive(in ForwardInput input, CancellationToken cancellationToken)
    {
        DropResult();
        (Input, Cancellation, Failure, Waiter) = (input, cancellationToken, null, null);
        return this;
    }

    public Task<ForwardResult> Wait()
    {
        Waiter = new TaskCompletionSource<ForwardResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        return Waiter.Task;
    }

    /// <summary>Makes room in the sequence and in the result. False when the caller has gone or there is no room: <see cref="Failure"/> says why.</summary>
    public bool Start(ModelInfo info)
    {
        if (Cancellation.IsCancellationRequested)
        {
            Failure = new OperationCanceledException(Cancellation);
            return false;
        }

        var rows = Rows(info.HiddenSize);
        var logits = Input.LogitsCount(rows);
        try
        {
            sequence.Grow(rows, Input.Parents.Span);
            PrepareResult(rows, logits);
            return true;
        }
        catch (Exception failure)
        {
            // No memory, usually. It is this caller's alone.
            Fail(failure);
            return false;
        }
    }

    /// <summary>Takes the rows back.</summary>
    public void Fail(Exception failure)
    {
        Failure = failure;
        Outcome?.Dispose();
        DropResult();
        sequence.Shrink();
    }

    /// <summary>Lets the sequence go without a forward.</summary>
    public void Withdraw() => sequence.Leave();

    /// <summary>Lets the sequence go and hands the outcome to a waiting caller.</summary>
    public void Complete()
    {
        // Read before the sequence is let go: its next forward begins by overwriting them.
        var (waiter, outcome, failure, cancellation) = (Waiter, Outcome, Failure, Cancellation);
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
}
