namespace Decant.Connectors.Chat;

/// <summary>The call on whose behalf code runs, so that what it asks of engines and other clients has its urgency and does not wait behind itself.</summary>
/// <param name="Priority">Its urgency.</param>
internal sealed record CallScope(CallPriority Priority)
{
    private static readonly AsyncLocal<CallScope?> _current = new();

    /// <summary>The call, or null outside of calls.</summary>
    public static CallScope? Current => _current.Value;

    /// <summary>Makes this the call of what the calling method goes on to do. An iterator does it again after every yield: the consumer's flow comes in with the next.</summary>
    public void Enter() => _current.Value = this;
}
