using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>The response of <c>/v1/chat/completions</c>.</summary>
internal sealed record ChatCompletionBody(string Id, long Created, string Model, IReadOnlyList<ChatChoiceBody> Choices, UsageBody Usage, DecantBody? Decant)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "chat.completion";
}
