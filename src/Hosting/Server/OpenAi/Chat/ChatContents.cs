using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Reads out of contents what OpenAI's messages have members for.</summary>
internal static class ChatContents
{
    private static readonly JsonSerializerOptions _line = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    /// <returns>Null where there is none.</returns>
    public static string? Text(IEnumerable<AIContent> contents) => Joined(contents.OfType<TextContent>().Select(content => content.Text));

    /// <returns>Null where there is none.</returns>
    public static string? Reasoning(IEnumerable<AIContent> contents) => Joined(contents.OfType<TextReasoningContent>().Select(content => content.Text));

    /// <param name="contents">The contents.</param>
    /// <param name="firstIndex">The first call's index; null for none.</param>
    /// <returns>Null where there are no calls.</returns>
    public static IReadOnlyList<ToolCallBody>? Calls(IEnumerable<AIContent> contents, int? firstIndex = null)
    {
        var calls = contents.OfType<FunctionCallContent>().Select((call, index) => new ToolCallBody
        {
            Index = firstIndex + index,
            Id = call.CallId,
            Type = "function",
            Function = new ToolCallFunctionBody { Name = call.Name, Arguments = JsonSerializer.Serialize(call.Arguments ?? new Dictionary<string, object?>(), _line) },
        }).ToList();
        return calls.Count > 0 ? calls : null;
    }

    private static string? Joined(IEnumerable<string> texts) => string.Concat(texts) is { Length: > 0 } text ? text : null;
}
