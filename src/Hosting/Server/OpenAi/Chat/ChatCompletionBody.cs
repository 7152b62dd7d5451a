namespace Decant.Hosting.Server;

/// <summary>The response of <c>/v1/chat/completions</c>.</summary>
internal sealed record ChatCompletionBody(string Id, long Created, string Model, IReadOnlyList<ChatChoiceBody> Choices, UsageBody Usage, DecantBody? Decant)
{
    public string Object { get; } = "chat.completion";
}
