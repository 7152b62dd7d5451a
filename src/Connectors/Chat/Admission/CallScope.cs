namespace Decant.Connectors.Chat;

/// <summary>The call on whose behalf code runs, so that what it asks of engines and other clients has its urgency and does not wait behind itself.</summary>
/// <param name="priority">Its urgency.</param>
internal sealed class CallScope(CallPriority priority)
{
    private static readonly AsyncLocal<CallScope?> _current = new();
    private static long _order;

    /// <summary>The call, or null outside of calls.</summary>
    public static CallScope? Current => _current.Value;

    public CallPriority Priority => priority;

    /// <summary>When it came: smaller is earlier. Sequences that belong to no call count in the same way.</summary>
    public long Order { get; } = NextOrder();

    public static long NextOrder() => Interlocked.Increment(ref _order);

    /// <summary>Makes this the call of what the calling method goes on to do. An iterator does it again after every yield: the consumer's flow comes in with the next.</summary>
    public void Enter() => _current.Value = this;
}
