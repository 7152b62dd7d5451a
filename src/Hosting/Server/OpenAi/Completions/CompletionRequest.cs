using System.Text.Json;

namespace Decant.Hosting.Server;

/// <summary>The body of <c>POST /v1/completions</c>.</summary>
internal sealed record CompletionRequest : GenerationBody
{
    /// <summary>A text, a list of texts, a list of token ids, or a list of such lists.</summary>
    public JsonElement? Prompt { get; init; }

    public bool? Echo { get; init; }

    public int? Logprobs { get; init; }

    public int? BestOf { get; init; }

    public string? Suffix { get; init; }
}
