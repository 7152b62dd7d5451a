using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns a request's messages into <see cref="ChatMessage"/>s. Pure.</summary>
internal static class ChatMessageMapper
{
    /// <exception cref="ApiException">A message is not as it should be; the message says which and how.</exception>
    public static IReadOnlyList<ChatMessage> Map(IReadOnlyList<MessageBody>? messages) => messages is { Count: > 0 }
        ? [.. messages.Select((message, index) => Map(message, $"messages[{index}]"))]
        : throw ApiException.Invalid("There is no message to answer: give at least one.", "messages");

    private static ChatMessage Map(MessageBody? message, string param)
    {
        if (message is null) throw ApiException.Invalid($"{param} is null.", param);
        if (message.Role != "assistant" && (message.ToolCalls ?? (object?)message.ReasoningContent) is not null)
            throw ApiException.Invalid($"{param} is not of the role assistant, so it can have neither tool_calls nor reasoning_content.", param);
        if (message.Role != "tool" && message.ToolCallId is not null) throw ApiException.Invalid($"{param} is not of the role tool, so it can have no tool_call_id.", param);
        return message.Role switch
        {
            "system" or "developer" => new(ChatRole.System, Text(message, param)),
            "user" => new(ChatRole.User, Text(message, param)),
            "assistant" => new(ChatRole.Assistant, Answer(message, param)),
            "tool" when message.ToolCallId is { } id => new(ChatRole.Tool, [new FunctionResultContent(id, Text(message, param))]),
            "tool" => throw ApiException.Invalid($"{param} has no tool_call_id: say which call it answers.", $"{param}.tool_call_id"),
            _ => throw ApiException.Invalid($"{param} has the role \"{message.Role}\". Known: system, developer, user, assistant, tool.", $"{param}.role"),
        };
    }

    private static List<AIContent> Answer(MessageBody message, string param)
    {
        var contents = new List<AIContent>();
        if (!string.IsNullOrEmpty(message.ReasoningContent)) contents.Add(new TextReasoningContent(message.ReasoningContent));
        if (message.Content is not null || (contents.Count == 0 && message.ToolCalls is not { Count: > 0 })) contents.Add(new TextContent(Text(message, param)));
        contents.AddRange((message.ToolCalls ?? []).Select((call, index) => Call(call, $"{param}.tool_calls[{index}]")));
        return contents;
    }

    private static FunctionCallContent Call(ToolCallBody? call, string param)
    {
        if (call is not { Id: { Length: > 0 } id, Type: "function" or null, Function.Name: { Length: > 0 } name })
            throw ApiException.Invalid($"{param} needs an id, the type \"function\" and a function with a name.", param);
        try
        {
            var arguments = string.IsNullOrWhiteSpace(call.Function.Arguments) ? [] : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(call.Function.Arguments, OpenAiJson.Options);
            return new FunctionCallContent(id, name, arguments?.ToDictionary(argument => argument.Key, argument => argument.Value.ValueKind == JsonValueKind.Null ? null : (object?)argument.Value));
        }
        catch (JsonException)
        {
            throw ApiException.Invalid($"{param}.function.arguments must be a text that is a JSON object.", $"{param}.function.arguments");
        }
    }

    private static string Text(MessageBody message, string param)
    {
        switch (message.Content)
        {
            case { ValueKind: JsonValueKind.String } text:
                return text.GetString()!;
            case { ValueKind: JsonValueKind.Array } parts:
                var result = new StringBuilder();
                foreach (var (index, part) in parts.EnumerateArray().Index()) result.Append(Part(part, $"{param}.content[{index}]"));
                return result.ToString();
            default:
                throw ApiException.Invalid($"{param} has no content: give a text, or a list of text parts.", $"{param}.content");
        }
    }

    private static string Part(JsonElement part, string param)
    {
        var type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var value) ? value.ToString() : "";
        if (type != "text") throw ApiException.Invalid($"{param} is of the type \"{type}\", and the models of this server read text only. Leave it out, or describe it in words.", param);
        return part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : throw ApiException.Invalid($"{param} has no text.", param);
    }
}
