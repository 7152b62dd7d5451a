using System.Globalization;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Turns messages and <see cref="ChatOptions"/> into a <see cref="ChatRequest"/>, or says which option cannot be honoured. Changes nothing of the caller's.</summary>
/// <remarks>
/// A setting is taken from <see cref="LocalGenerationOptions"/>, else from the additional properties (<c>decoding</c> first), else from its own member, else from the
/// client's defaults. AllowMultipleToolCalls, AllowBackgroundResponses and ContinuationToken have nothing to act on and no effect.
/// </remarks>
internal static class ChatOptionsMapper
{
    private const string MinPKey = "min_p";
    private static readonly string[] _unsupportedKeys = ["repetition_penalty", "no_repeat_ngram_size"];
    private static readonly string[] _knownKeys = [MinPKey, ChatOptionsExtensions.DecodingKey, ChatOptionsExtensions.DocumentsKey];

    /// <exception cref="ArgumentException">A value is out of range; the exception names it.</exception>
    /// <exception cref="NotSupportedException">An option or a content cannot be honoured; the message names it.</exception>
    public static ChatRequest Map(IReadOnlyList<ChatMessage> messages, ChatOptions? options, DecodingOptions defaults, PlanContext context, IChatClient client)
    {
        if (messages.Count == 0) throw new ArgumentException("There is no message to answer: pass at least one.", nameof(messages));
        options ??= new ChatOptions();
        Refuse(options);

        var own = options.RawRepresentationFactory?.Invoke(client) as LocalGenerationOptions ?? new LocalGenerationOptions();
        var documents = options.GetDocuments();
        return new ChatRequest(
            TemplateVariables(messages, options),
            documents,
            DecodingPlan.Compile(DecodingMapper.Map(options, own, Number(options, MinPKey), defaults), context with { DocumentScores = [.. documents.Select(document => document.Score)] }),
            MaxOutputTokens(own.MaxOutputTokens ?? options.MaxOutputTokens),
            StopSequences([.. own.StopSequences ?? [], .. options.StopSequences ?? []]),
            options.Reasoning?.Output == ReasoningOutput.None,
            options.ModelId,
            [.. (options.AdditionalProperties?.Keys ?? []).Where(key => !_knownKeys.Contains(key, StringComparer.OrdinalIgnoreCase))]);
    }

    private static void Refuse(ChatOptions options)
    {
        if (options.ResponseFormat is ChatResponseFormatJson)
            throw Unsupported("ChatOptions.ResponseFormat", "constrained JSON output; ask for the format in the prompt and leave it null");
        if (options.Tools is { Count: > 0 } && options.ToolMode is not NoneChatToolMode)
            throw Unsupported("ChatOptions.Tools", "tool calls; leave it empty or set ChatOptions.ToolMode to None");
        if (options.ToolMode is RequiredChatToolMode)
            throw Unsupported("ChatOptions.ToolMode", "required tool calls; use None or null");
        if (options.ConversationId is not null)
            throw Unsupported("ChatOptions.ConversationId", "stored conversations; leave it null and send the whole history each time");
        if (_unsupportedKeys.FirstOrDefault(key => options.AdditionalProperties?.GetValueOrDefault(key) is not null) is { } unsupported)
            throw Unsupported($"ChatOptions.AdditionalProperties[\"{unsupported}\"]", "this setting yet; remove it");
    }

    private static Dictionary<string, object?> TemplateVariables(IReadOnlyList<ChatMessage> messages, ChatOptions options)
    {
        var variables = new Dictionary<string, object?>
        {
            ["messages"] = MessageMapper.Map(messages, options.Instructions),
            ["add_generation_prompt"] = true,
        };
        if (options.Reasoning?.Effort is { } effort)
        {
            variables["enable_thinking"] = effort != ReasoningEffort.None;
            if (EffortName(effort) is { } name) variables["reasoning_effort"] = name;
        }

        return variables;
    }

    // Templates know three levels.
    private static string? EffortName(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None => null,
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        _ => "high",
    };

    private static int MaxOutputTokens(int? value)
    {
        if (value is not { } max) return int.MaxValue;
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1, nameof(ChatOptions.MaxOutputTokens));
        return max;
    }

    private static string[] StopSequences(string[] stops) => stops.Any(string.IsNullOrEmpty)
        ? throw new ArgumentException("StopSequences contains an empty string, which would end every answer before it begins.", nameof(stops))
        : stops;

    // Prompt templates and JSON deliver numbers as strings, JsonElement or any numeric type.
    private static float? Number(ChatOptions options, string key)
    {
        if (options.AdditionalProperties?.GetValueOrDefault(key) is not { } value) return null;
        return float.TryParse(Convert.ToString(value, CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{key}\"] must be a number, not '{value}'.", key);
    }

    private static NotSupportedException Unsupported(string option, string what) => new($"{option}: this client does not support {what}.");
}
