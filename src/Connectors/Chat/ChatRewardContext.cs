using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>What the answers that a reward scores answer, in a chat.</summary>
/// <param name="Messages">The call's messages.</param>
public sealed record ChatRewardContext(IReadOnlyList<ChatMessage> Messages) : RewardContext(Messages.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "")
{
    /// <summary>The passages that answers are to be grounded in; empty where the call has none.</summary>
    public IReadOnlyList<ChatDocument> Documents { get; init; } = [];

    /// <summary>The messages that a context stands for: outside a chat, its prompt as a user's message.</summary>
    internal static IReadOnlyList<ChatMessage> MessagesOf(RewardContext context) => context is ChatRewardContext chat ? chat.Messages : [new ChatMessage(ChatRole.User, context.Prompt)];
}
