using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>What the answers that a reward scores answer, in a chat.</summary>
/// <param name="Messages">The call's messages.</param>
public sealed record ChatRewardContext(IReadOnlyList<ChatMessage> Messages) : RewardContext(Messages.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "");
