using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>The response of <c>/v1/completions</c>, and an event of its streams.</summary>
internal sealed record CompletionBody(string Id, long Created, string Model, IReadOnlyList<CompletionChoiceBody> Choices, UsageBody? Usage = null, DecantBody? Decant = null)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "text_completion";
}
