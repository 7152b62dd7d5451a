using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>What a call's messages and options come to. Holds nothing of the caller's that could change.</summary>
/// <param name="TemplateVariables">What the chat template reads, the messages included.</param>
/// <param name="Documents">What the answer is to be grounded in.</param>
/// <param name="Plan">How to decode.</param>
/// <param name="MaxOutputTokens">Most tokens to generate.</param>
/// <param name="StopSequences">The caller's stop strings; none is empty.</param>
/// <param name="DropReasoning">Whether reasoning is counted but not given.</param>
/// <param name="ModelId">The model the caller named.</param>
/// <param name="IgnoredKeys">Additional properties that mean nothing here.</param>
internal sealed record ChatRequest(
    IReadOnlyDictionary<string, object?> TemplateVariables,
    IReadOnlyList<ChatDocument> Documents,
    DecodingPlan Plan,
    int MaxOutputTokens,
    IReadOnlyList<string> StopSequences,
    bool DropReasoning,
    string? ModelId,
    IReadOnlyList<string> IgnoredKeys);
