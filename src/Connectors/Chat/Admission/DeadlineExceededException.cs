namespace Decant.Connectors.Chat;

/// <summary>A call's deadline passed while it was waiting for its turn: nothing was generated.</summary>
/// <param name="message">What was waited for.</param>
public sealed class DeadlineExceededException(string message) : TimeoutException(message);
