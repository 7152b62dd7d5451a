using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Turns messages and <see cref="ChatOptions"/> into a <see cref="ChatRequest"/>, or says which option cannot be honoured. Changes nothing of the caller's.</summary>
/// <remarks>
/// A setting is taken from <see cref="LocalGenerationOptions"/>, else from the additional properties (<c>decoding</c> first), else from its own member, else from the
/// client's defaults. Constraints that the response's format and the tools make are added to those. AllowBackgroundResponses and ContinuationToken have nothing to act on and no effect.
/// </remarks>
internal static class ChatOptionsMapper
{
    private const string MinPKey = "min_p";
    private static readonly string[] _knownKeys = [MinPKey, ChatOptionsExtensions.DecodingKey, ChatOptionsExtensions.DocumentsKey, .. RepetitionMapper.Keys, .. LogprobKeys.All, .. TurnMapper.Keys];

    /// <exception cref="ArgumentException">A value is out of range; the exception names it.</exception>
    /// <exception cref="NotSupportedException">An option or a content cannot be honoured; the message names it.</exception>
    public static ChatRequest Map(IReadOnlyList<ChatMessage> messages, ChatOptions? options, DecodingOptions defaults, PlanContext context, ChatTemplate template, IChatClient client)
    {
        if (messages.Count == 0) throw new ArgumentException("There is no message to answer: pass at least one.", nameof(messages));
        options ??= new ChatOptions();
        if (options.ConversationId is not null)
            throw new NotSupportedException("ChatOptions.ConversationId: this client does not support stored conversations; leave it null and send the whole history each time.");

        var own = options.RawRepresentationFactory?.Invoke(client) as LocalGenerationOptions ?? new LocalGenerationOptions();
        var documents = options.GetDocuments();
        var tools = ToolMapper.Map(options);
        var decoding = DecodingMapper.Map(options, own, AdditionalProperty.Number(options, MinPKey), defaults, template, context);
        if (own.PromptTokens is { } prompt) CheckPromptTokens(prompt, options, documents, decoding);
        if (own.MaxInputTokens is { } max) ArgumentOutOfRangeException.ThrowIfLessThan(max, 1, nameof(own.MaxInputTokens));
        if (AnswerConstraint.Of(options, tools, template.ToolCalls) is { } constraint) decoding = decoding with { Constraints = [.. decoding.Constraints ?? [], constraint] };
        return new ChatRequest(
            TemplateVariables(messages, options, decoding.Thinking),
            documents,
            [.. own.AnswerPrefix],
            Compile(),
            MaxOutputTokens(own.MaxOutputTokens ?? options.MaxOutputTokens),
            StopSequences([.. own.StopSequences ?? [], .. options.StopSequences ?? []]),
            options.Reasoning?.Output == ReasoningOutput.None,
            options.ModelId,
            [.. (options.AdditionalProperties?.Keys ?? []).Where(key => !_knownKeys.Contains(key, StringComparer.OrdinalIgnoreCase))])
        {
            Tools = tools,
            PromptTokens = own.PromptTokens is null ? null : [.. own.PromptTokens],
            MaxInputTokens = own.MaxInputTokens ?? int.MaxValue,
            Turn = TurnMapper.Map(options, own),
            FormatExplanation = own.ExplainFormat ? AnswerConstraint.Explain(options.ResponseFormat) : null,
            IsJson = options.ResponseFormat is ChatResponseFormatJson,
        };

        DecodingPlan Compile()
        {
            try
            {
                return DecodingPlan.Compile(decoding, context with { DocumentScores = [.. documents.Select(document => document.Score)], Reward = new ChatRewardContext(messages) { Documents = documents } });
            }
            catch (ArgumentException) when (AnswerConstraint.Fault(options, tools, context) is { } fault)
            {
                throw fault;
            }
        }
    }

    private static void CheckPromptTokens(IReadOnlyList<int> prompt, ChatOptions options, IReadOnlyList<ChatDocument> documents, DecodingOptions decoding)
    {
        if (prompt.Count == 0) throw new ArgumentException("LocalGenerationOptions.PromptTokens is empty, and nothing can follow an empty prompt. Give at least one token.");
        (string Name, bool IsGiven)[] ofTemplates =
        [
            ("ChatOptions.Instructions", options.Instructions is not null), ("ChatOptions.Tools", options.Tools is { Count: > 0 }), ("ChatOptions.Reasoning", options.Reasoning?.Effort is not null),
            ("documents", documents.Count > 0), ("deal: AlignmentPrompt", decoding.Search is DealOptions { AlignmentPrompt: not null }),
        ];
        if (ofTemplates.FirstOrDefault(part => part.IsGiven).Name is { } given)
            throw new ArgumentException($"{given}: a chat template would put this into the prompt, but LocalGenerationOptions.PromptTokens is the whole prompt. Leave out one of them.");
    }

    private static Dictionary<string, object?> TemplateVariables(IReadOnlyList<ChatMessage> messages, ChatOptions options, ThinkingOptions? thinking)
    {
        var variables = new Dictionary<string, object?>
        {
            ["messages"] = MessageMapper.Map(messages, options.Instructions),
            ["add_generation_prompt"] = true,
        };
        if (ThinkingMapper.Switch(options.Reasoning?.Effort, thinking) is { } isOn) variables["enable_thinking"] = isOn;
        if (options.Reasoning?.Effort is { } effort && EffortName(effort) is { } name) variables["reasoning_effort"] = name;
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
}
