namespace Decant.Connectors.Chat;

/// <summary>The client has as many calls waiting as <see cref="LocalChatClientOptions.MaxQueuedCalls"/> allows. Nothing was run; try again later.</summary>
/// <param name="message">What is full.</param>
/// <param name="retryAfter">When a place is likely to be free.</param>
public sealed class QueueFullException(string message, TimeSpan retryAfter) : InvalidOperationException(message)
{
    /// <summary>When a place is likely to be free, by how long calls have taken lately; at least one second.</summary>
    public TimeSpan RetryAfter => retryAfter;
}
