namespace Decant.Tool;

/// <summary>Turns Ctrl+C into cancellation of what runs innermost: an answer, else the command. Where the tool waits for a line, it leaves the signal to end the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _command = new();
    private CancellationTokenSource? _answer;

    /// <summary>Cancelled when the command is to end.</summary>
    public CancellationToken Token => _command.Token;

    /// <summary>Whether the tool waits for a line, which nothing can cancel.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>What Ctrl+C cancels until <see cref="EndAnswer"/>.</summary>
    public CancellationToken BeginAnswer()
    {
        // Not disposed: a late signal may still hold it, and without a timer there is nothing to free.
        _answer = new CancellationTokenSource();
        return _answer.Token;
    }

    public void EndAnswer() => _answer = null;

    /// <summary>Cancels.</summary>
    /// <returns>Whether there was something to cancel.</returns>
    public bool Raise()
    {
        if (IsWaiting) return false;
        (_answer ?? _command).Cancel();
        return true;
    }

    public void Dispose()
    {
        _answer?.Dispose();
        _command.Dispose();
    }
}
