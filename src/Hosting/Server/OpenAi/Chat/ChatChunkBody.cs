using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>An event of a stream of <c>/v1/chat/completions</c>.</summary>
internal sealed record ChatChunkBody(string Id, long Created, string Model, IReadOnlyList<ChunkChoiceBody> Choices, UsageBody? Usage = null, DecantBody? Decant = null)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "chat.completion.chunk";
}
