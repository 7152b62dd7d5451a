using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>One of a request's calls.</summary>
/// <param name="Messages">What the client is asked.</param>
/// <param name="Options">How.</param>
/// <param name="Prompt">Which of the request's prompts it answers, from 0.</param>
internal sealed record PlannedCall(IReadOnlyList<ChatMessage> Messages, ChatOptions Options, int Prompt = 0);
