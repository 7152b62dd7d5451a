using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>A message of a response.</summary>
internal sealed record AnswerBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Content, string? ReasoningContent, IReadOnlyList<ToolCallBody>? ToolCalls)
{
    [JsonPropertyOrder(-1)]
    public string Role { get; } = "assistant";
}
