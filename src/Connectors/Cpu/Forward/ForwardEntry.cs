using Decant.Decoding;

namespace Decant.Connectors.Cpu.Forward;

/// <summary>One sequence's part of a batch, from its arrival to its result. Belongs to the sequence, which has one forward at a time.</summary>
internal sealed class ForwardEntry(CpuSequence sequence)
{
    public CpuSequence Sequence => sequence;

    public ForwardInput Input { get; private set; }

    public CancellationToken Cancellation { get; private set; }

    public CpuForwardResult? Result { get; private set; }

    /// <summary>Why there is no result.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Completed for a caller that has to wait; null for one whose forward runs inline.</summary>
    public TaskCompletionSource<ForwardResult>? Waiter { get; private set; }

    public bool IsTree => !Input.Parents.IsEmpty;

    public int Rows(int hiddenSize) => Input.Ids.IsEmpty ? Input.Embeddings.Length / hiddenSize : Input.Ids.Length;

    public ForwardEntry Arrive(in ForwardInput input, CancellationToken cancellationToken)
    {
        (Input, Cancellation, Result, Failure, Waiter) = (input, cancellationToken, null, null, null);
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
        var logits = Input.Logits switch { LogitsRows.All => rows, LogitsRows.None => 0, _ => 1 };
        try
        {
            sequence.Grow(rows, Input.Parents.Span);
            Result = sequence.RentResult();
            Result.Prepare(rows, logits, sequence.Length, Input.Taps);
            return true;
        }
        catch (OutOfMemoryException failure)
        {
            Fail(failure);
            return false;
        }
    }

    /// <summary>Takes the rows back.</summary>
    public void Fail(Exception failure)
    {
        Failure = failure;
        Result?.Dispose();
        Result = null;
        sequence.Shrink();
    }

    /// <summary>Lets the sequence go and hands the outcome to a waiting caller.</summary>
    public void Complete()
    {
        sequence.Leave();
        if (Waiter is not { } waiter) return;
        if (Failure is null) waiter.SetResult(Result!);
        else if (Failure is OperationCanceledException) waiter.SetCanceled(Cancellation);
        else waiter.SetException(Failure);
    }
}
