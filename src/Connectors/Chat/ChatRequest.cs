using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>What a call's messages and options come to. Holds nothing of the caller's that could change.</summary>
/// <param name="TemplateVariables">What the chat template reads, the messages included.</param>
/// <param name="Documents">What the answer is to be grounded in.</param>
/// <param name="AnswerPrefix">Tokens that every branch reads behind its prompt.</param>
/// <param name="Plan">How to decode.</param>
/// <param name="MaxOutputTokens">Most tokens to generate.</param>
/// <param name="StopSequences">The caller's stop strings; none is empty.</param>
/// <param name="DropReasoning">Whether reasoning is counted but not given.</param>
/// <param name="ModelId">The model the caller named.</param>
/// <param name="IgnoredKeys">Additional properties that mean nothing here.</param>
internal sealed record ChatRequest(
    IReadOnlyDictionary<string, object?> TemplateVariables,
    IReadOnlyList<ChatDocument> Documents,
    IReadOnlyList<int> AnswerPrefix,
    DecodingPlan Plan,
    int MaxOutputTokens,
    IReadOnlyList<string> StopSequences,
    bool DropReasoning,
    string? ModelId,
    IReadOnlyList<string> IgnoredKeys)
{
    /// <summary>The tools, or null where there are none.</summary>
    public ToolRequest? Tools { get; init; }

    /// <summary>Who goes first where calls wait.</summary>
    public required CallTurn Turn { get; init; }

    /// <summary>What the prompt says of the answer's format, or null.</summary>
    public string? FormatExplanation { get; init; }

    /// <summary>The tokens that are the whole prompt, or null where the template makes it.</summary>
    public IReadOnlyList<int>? PromptTokens { get; init; }

    /// <summary>Most tokens of the prompt.</summary>
    public int MaxInputTokens { get; init; } = int.MaxValue;

    /// <summary>Whether an answer that calls no tool is JSON.</summary>
    public bool IsJson { get; init; }

    /// <summary>Whether the template was told that the model is not to think.</summary>
    public bool IsThinkingOff => TemplateVariables.GetValueOrDefault("enable_thinking") is false;
}
