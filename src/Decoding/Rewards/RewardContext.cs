namespace Decant.Decoding;

/// <summary>What the texts that a reward scores answer.</summary>
/// <param name="Prompt">The request in plain text: of a chat, the user's last message. Empty where nobody said.</param>
public record RewardContext(string Prompt);
