using System.Text.Json;

namespace Decant.Hosting.Server;

/// <summary>A message of a request.</summary>
internal sealed record MessageBody : KnownMembers
{
    public string? Role { get; init; }

    /// <summary>A text, or a list of parts.</summary>
    public JsonElement? Content { get; init; }

    /// <summary>Who speaks. No chat template reads it.</summary>
    public string? Name { get; init; }

    public string? ReasoningContent { get; init; }

    public IReadOnlyList<ToolCallBody>? ToolCalls { get; init; }

    public string? ToolCallId { get; init; }
}
