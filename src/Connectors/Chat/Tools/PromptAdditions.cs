using Decant.Connectors.Prompting;
using Decant.Connectors.Prompting.Jinja;
using Microsoft.Extensions.AI;
using static Decant.Connectors.Chat.TemplateMessage;

namespace Decant.Connectors.Chat;

/// <summary>Puts tools, the answer's format and an alignment prompt where the model sees them: into the variables that its template reads, or else into its messages.</summary>
internal static class PromptAdditions
{
    /// <param name="variables">What the template reads, messages among them; changed.</param>
    /// <param name="template">The template.</param>
    /// <param name="tools">The call's tools, or null.</param>
    /// <param name="formatExplanation">What to say of the answer's format, or null.</param>
    /// <param name="alignment">What else to say of the answer, or null.</param>
    public static void Add(Dictionary<string, object?> variables, ChatTemplate template, ToolRequest? tools, string? formatExplanation, string? alignment = null)
    {
        var messages = (List<object?>)variables["messages"]!;
        List<string> explanations = alignment is null ? [] : [alignment];
        var format = template.ToolCalls;
        if (format.IsExplained)
        {
            messages = WithoutToolRoles(messages, format);
            if (tools is not null) explanations.Add(GenericToolCalls.Explain(tools.Definitions.Select(Json)));
        }
        else if (tools is not null && format.ToolsInSystemMessage) messages = WithToolsInSystemMessage(messages, tools);
        else if (tools is not null) variables["tools"] = tools.Definitions.ToList();

        if (formatExplanation is not null) explanations.Add(formatExplanation);
        variables["messages"] = explanations.Count == 0 ? messages : WithExplanation(messages, string.Join("\n\n", explanations), template);
    }

    // Calls become what the assistant said, results what the user answers.
    private static List<object?> WithoutToolRoles(List<object?> messages, ToolCallFormat format)
    {
        var result = new List<object?>();
        var follows = false;
        foreach (var message in messages.Cast<Dictionary<string, object?>>())
        {
            var isResult = Role(message) == ChatRole.Tool.Value;
            var response = $"<tool_response>{Content(message)}</tool_response>";
            if (isResult && follows) result[^1] = With(result[^1], $"{Content(result[^1])}\n{response}");
            else if (isResult) result.Add(Of(ChatRole.User.Value, response));
            else if (message.GetValueOrDefault("tool_calls") is List<object?> calls) result.Add(Of(ChatRole.Assistant.Value, Content(message) + format.Write(calls.Select(Call))));
            else result.Add(message);
            follows = isResult;
        }

        return result;
    }

    private static (string Name, string Arguments) Call(object? call)
    {
        var function = (Dictionary<string, object?>)((Dictionary<string, object?>)call!)["function"]!;
        return ((string)function["name"]!, Json(function["arguments"]));
    }

    private static string Json(object? value) => JsonText.Line(Values.From(value));

    private static List<object?> WithToolsInSystemMessage(List<object?> messages, ToolRequest tools)
    {
        var (system, others) = SplitSystem(messages);
        var functions = tools.Definitions.Select(tool => ((Dictionary<string, object?>)tool!)["function"]).ToList();
        return [new Dictionary<string, object?>(system ?? Of(ChatRole.System.Value, "")) { ["tools"] = Json(functions) }, .. others];
    }

    private static List<object?> WithExplanation(List<object?> messages, string text, ChatTemplate template)
    {
        if (template.ReadsSystemMessage)
        {
            var (system, others) = SplitSystem(messages);
            return [system is null ? Of(ChatRole.System.Value, text) : With(system, Content(system) is { Length: > 0 } content ? $"{content}\n\n{text}" : text), .. others];
        }

        var first = messages.FindIndex(message => Role(message) == ChatRole.User.Value);
        if (first < 0) return [Of(ChatRole.User.Value, text), .. messages];
        return [.. messages[..first], With(messages[first], $"{text}\n\n{Content(messages[first])}"), .. messages[(first + 1)..]];
    }

    private static (Dictionary<string, object?>? System, IEnumerable<object?> Others) SplitSystem(List<object?> messages)
        => messages is [Dictionary<string, object?> first, ..] && Role(first) == ChatRole.System.Value ? (first, messages.Skip(1)) : (null, messages);
}
