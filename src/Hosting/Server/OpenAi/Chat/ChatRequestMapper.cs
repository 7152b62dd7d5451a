using System.Text.Json;
using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns a chat request into the calls that answer it. Pure.</summary>
internal static class ChatRequestMapper
{
    private const int MostTopLogprobs = 20;

    /// <param name="request">The request.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <exception cref="ApiException">A member cannot be honoured; the message names it.</exception>
    public static IReadOnlyList<PlannedCall> Map(ChatCompletionRequest request, DecantServerOptions limits)
    {
        if (request.Store == true) throw ApiException.Invalid("This server stores no answers. Set store to false, or leave it out.", "store");
        if (request.Modalities?.Any(modality => modality != "text") == true) throw ApiException.Invalid("Answers are text: modalities can be [\"text\"] only.", "modalities");
        var messages = ChatMessageMapper.Map(request.Messages);
        var choices = GenerationMapper.Choices(request, 1, limits);
        var options = GenerationMapper.Map(request, MaxTokens(request), limits, choices);
        options.Tools = Tools(request.Tools);
        options.ToolMode = ToolMode(request.ToolChoice);
        options.AllowMultipleToolCalls = request.ParallelToolCalls;
        options.ResponseFormat = Format(request.ResponseFormat);
        if (Effort(request.ReasoningEffort) is { } effort) options.Reasoning = new ReasoningOptions { Effort = effort };
        AddLogprobs(request, options.AdditionalProperties!);
        if (request.Documents is { } documents) options.WithDocuments(ApiException.Within("documents", () => DocumentReader.Read(documents)));
        return [.. Enumerable.Range(0, choices).Select(index => new PlannedCall(messages, GenerationMapper.Choice(options, index)))];
    }

    private static int? MaxTokens(ChatCompletionRequest request) => request is { MaxTokens: { } older, MaxCompletionTokens: { } newer } && older != newer
        ? throw ApiException.Invalid("max_tokens and max_completion_tokens say different things. Give one of them.", "max_tokens")
        : request.MaxCompletionTokens ?? request.MaxTokens;

    private static List<AITool>? Tools(IReadOnlyList<ToolBody>? tools) => tools?.Select((tool, index) =>
    {
        var param = $"tools[{index}]";
        if (tool?.Type != "function") throw ApiException.Invalid($"{param} is of the type \"{tool?.Type}\". Tools of this server are of the type \"function\".", $"{param}.type");
        if (string.IsNullOrEmpty(tool.Function?.Name)) throw ApiException.Invalid($"{param} has no function with a name.", $"{param}.function");
        var parameters = tool.Function.Parameters ?? JsonElement.Parse("""{"type":"object","properties":{}}""");
        return (AITool)AIFunctionFactory.CreateDeclaration(tool.Function.Name, tool.Function.Description, parameters);
    }).ToList();

    private static ChatToolMode? ToolMode(JsonElement? choice)
    {
        switch (choice)
        {
            case null:
                return null;
            case { ValueKind: JsonValueKind.String } word:
                return word.GetString() switch
                {
                    "none" => ChatToolMode.None,
                    "auto" => ChatToolMode.Auto,
                    "required" => ChatToolMode.RequireAny,
                    var other => throw ApiException.Invalid($"There is no tool_choice \"{other}\". Known: none, auto, required, or an object that names a function.", "tool_choice"),
                };
            case { ValueKind: JsonValueKind.Object } named when named.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
                && function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String:
                return ChatToolMode.RequireSpecific(name.GetString()!);
            default:
                throw ApiException.Invalid("tool_choice can be none, auto, required, or { \"type\": \"function\", \"function\": { \"name\": … } }.", "tool_choice");
        }
    }

    private static ChatResponseFormat? Format(ResponseFormatBody? format) => format?.Type switch
    {
        null when format is null => null,
        "text" => ChatResponseFormat.Text,
        "json_object" => ChatResponseFormat.Json,
        "json_schema" when format!.JsonSchema?.Schema is { } schema => ChatResponseFormat.ForJsonSchema(schema, format.JsonSchema.Name, format.JsonSchema.Description),
        "json_schema" => throw ApiException.Invalid("A response_format of the type json_schema needs json_schema with a schema.", "response_format.json_schema"),
        var other => throw ApiException.Invalid($"There is no response_format of the type \"{other}\". Known: text, json_object, json_schema.", "response_format.type"),
    };

    private static ReasoningEffort? Effort(string? effort) => effort switch
    {
        null => null,
        "none" => ReasoningEffort.None,
        "minimal" or "low" => ReasoningEffort.Low,
        "medium" => ReasoningEffort.Medium,
        "high" => ReasoningEffort.High,
        "xhigh" => ReasoningEffort.ExtraHigh,
        _ => throw ApiException.Invalid($"There is no reasoning_effort \"{effort}\". Known: none, minimal, low, medium, high, xhigh.", "reasoning_effort"),
    };

    private static void AddLogprobs(ChatCompletionRequest request, AdditionalPropertiesDictionary properties)
    {
        if (request.TopLogprobs is { } top && (request.Logprobs != true || top is < 0 or > MostTopLogprobs))
            throw ApiException.Invalid($"top_logprobs goes from 0 to {MostTopLogprobs} and needs \"logprobs\": true.", "top_logprobs");
        if (request.Logprobs != true) return;
        properties["logprobs"] = true;
        properties["top_logprobs"] = request.TopLogprobs ?? 0;
    }
}
