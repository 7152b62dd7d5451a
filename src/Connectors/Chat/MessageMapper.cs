using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Turns chat messages into the dictionaries that chat templates read: role, content, reasoning_content, tool_calls, tool_call_id.</summary>
internal static class MessageMapper
{
    /// <param name="messages">The history.</param>
    /// <param name="instructions">
    /// System text to put before it, or null. Where the history begins with a system message the two are one, with an empty line between: templates
    /// know one system message, and refuse or drop a second.
    /// </param>
    /// <exception cref="NotSupportedException">A message has a content that is not text, reasoning, a tool call or a tool's result.</exception>
    public static List<object?> Map(IReadOnlyList<ChatMessage> messages, string? instructions)
    {
        var mapped = new List<object?>();
        var toolNames = new Dictionary<string, string>();
        foreach (var message in messages)
        {
            if (message is null) throw new ArgumentException("The messages contain a null entry.", nameof(messages));
            AddMessage(mapped, message, toolNames);
        }

        if (!string.IsNullOrEmpty(instructions)) AddInstructions(mapped, instructions);
        return mapped;
    }

    private static void AddInstructions(List<object?> mapped, string instructions)
    {
        if (mapped.FirstOrDefault() is not Dictionary<string, object?> first || first["role"] as string != ChatRole.System.Value) mapped.Insert(0, TemplateMessage.Of(ChatRole.System.Value, instructions));
        else first["content"] = first["content"] is string { Length: > 0 } text ? $"{instructions}\n\n{text}" : instructions;
    }

    private static void AddMessage(List<object?> mapped, ChatMessage message, Dictionary<string, string> toolNames)
    {
        var text = new StringBuilder();
        var reasoning = new StringBuilder();
        var calls = new List<object?>();
        var results = new List<object?>();
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent part:
                    text.Append(part.Text);
                    break;
                case TextReasoningContent part:
                    reasoning.Append(part.Text);
                    break;
                case FunctionCallContent call:
                    toolNames[call.CallId] = call.Name;
                    calls.Add(Call(call));
                    break;
                case FunctionResultContent result:
                    results.Add(Result(result, toolNames));
                    break;
                case UsageContent:
                    break;
                default:
                    throw new NotSupportedException(
                        $"{content.GetType().Name}{MediaType(content)} in a {message.Role} message: this model reads text only. Remove the content or describe it in words.");
            }
        }

        // A message that carries nothing but results is those results; one without any contents is still a turn.
        if (results.Count == 0 || text.Length + reasoning.Length + calls.Count > 0)
        {
            var main = TemplateMessage.Of(message.Role.Value, text.ToString());
            if (reasoning.Length > 0) main["reasoning_content"] = reasoning.ToString();
            if (calls.Count > 0) main["tool_calls"] = calls;
            mapped.Add(main);
        }

        mapped.AddRange(results);
    }

    private static Dictionary<string, object?> Call(FunctionCallContent call) => new()
    {
        ["id"] = call.CallId,
        ["type"] = "function",
        ["function"] = new Dictionary<string, object?>
        {
            ["name"] = call.Name,
            ["arguments"] = Plain(JsonSerializer.SerializeToElement(call.Arguments ?? new Dictionary<string, object?>(), AIJsonUtilities.DefaultOptions)),
        },
    };

    private static Dictionary<string, object?> Result(FunctionResultContent result, Dictionary<string, string> toolNames)
    {
        var message = TemplateMessage.Of(ChatRole.Tool.Value, ResultText(result.Result));
        message["tool_call_id"] = result.CallId;
        if (toolNames.TryGetValue(result.CallId, out var name)) message["name"] = name;
        return message;
    }

    private static string ResultText(object? result) => result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => JsonSerializer.Serialize(result, AIJsonUtilities.DefaultOptions),
    };

    /// <summary>JSON in lists and dictionaries.</summary>
    public static object? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().ToDictionary(member => member.Name, member => Plain(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().Select(Plain).ToList(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out var integer) ? (object)integer : value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static string MediaType(AIContent content) => content switch
    {
        DataContent data => $" ({data.MediaType})",
        UriContent uri => $" ({uri.MediaType})",
        _ => "",
    };
}
