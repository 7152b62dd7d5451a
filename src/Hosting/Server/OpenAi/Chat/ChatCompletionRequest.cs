using System.Text.Json;

namespace Decant.Hosting.Server;

/// <summary>The body of <c>POST /v1/chat/completions</c>.</summary>
internal sealed record ChatCompletionRequest : GenerationBody
{
    public IReadOnlyList<MessageBody>? Messages { get; init; }

    public int? MaxCompletionTokens { get; init; }

    public IReadOnlyList<ToolBody>? Tools { get; init; }

    public JsonElement? ToolChoice { get; init; }

    public bool? ParallelToolCalls { get; init; }

    public ResponseFormatBody? ResponseFormat { get; init; }

    public bool? Logprobs { get; init; }

    public int? TopLogprobs { get; init; }

    public string? ReasoningEffort { get; init; }

    /// <summary>What the answer may be made of: text alone.</summary>
    public IReadOnlyList<string>? Modalities { get; init; }

    /// <summary>Whether the provider keeps the answer; this server keeps none.</summary>
    public bool? Store { get; init; }

    /// <summary>Labels of stored answers, without effect on the answer by OpenAI's definition; so are the two identifiers.</summary>
    public JsonElement? Metadata { get; init; }

    public string? SafetyIdentifier { get; init; }

    public string? PromptCacheKey { get; init; }

    /// <summary>This server's own: the passages that the answer is to be grounded in.</summary>
    public JsonElement? Documents { get; init; }
}
