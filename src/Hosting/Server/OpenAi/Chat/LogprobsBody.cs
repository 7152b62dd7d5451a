namespace Decant.Hosting.Server;

/// <summary>OpenAI's <c>logprobs</c> of chats.</summary>
internal sealed record LogprobsBody(IReadOnlyList<LogprobBody> Content);
