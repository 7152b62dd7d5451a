namespace Decant.Connectors.Chat;

/// <summary>What a call says of its turn.</summary>
/// <param name="Priority">Its urgency.</param>
/// <param name="Caller">On whose behalf it is: callers of the same urgency take turns. Empty: nobody's in particular.</param>
/// <param name="Deadline">From the call to the end of its answer; null for none.</param>
internal sealed record CallTurn(CallPriority Priority, string Caller, TimeSpan? Deadline)
{
    /// <summary>What is left of the deadline, at least nothing; null for none.</summary>
    public TimeSpan? Left(TimeSpan elapsed) => Deadline is { } deadline ? TimeSpan.FromTicks(Math.Max(0, (deadline - elapsed).Ticks)) : null;
}
