namespace Decant.Connectors.Chat;

/// <summary>The call on whose behalf code runs, so that what it asks of engines and other clients has its urgency and does not wait behind itself.</summary>
/// <param name="priority">Its urgency.</param>
internal sealed class CallScope(CallPriority priority)
{
    private static readonly AsyncLocal<CallScope?> _current = new();
    private static long _order;
    private volatile bool _ended;

    /// <summary>The call, or null outside of calls. What a call has left running belongs to it no longer when it has ended.</summary>
    public static CallScope? Current => _current.Value is { _ended: false } call ? call : null;

    /// <summary>Whether its first token is there.</summary>
    public bool HasBegun { get; set; }

    public CallPriority Priority => priority;

    /// <summary>When it came: smaller is earlier. Sequences that belong to no call count in the same way.</summary>
    public long Order { get; } = NextOrder();

    public static long NextOrder() => Interlocked.Increment(ref _order);

    public void End() => _ended = true;

    /// <summary>Makes this the call of what the calling method goes on to do. An iterator does it again after every yield: the consumer's flow comes in with the next.</summary>
    public void Enter() => _current.Value = this;
}
