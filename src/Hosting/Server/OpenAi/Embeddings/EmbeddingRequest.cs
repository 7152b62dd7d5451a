using System.Text.Json;

namespace Decant.Hosting.Server;

/// <summary>The body of <c>POST /v1/embeddings</c>.</summary>
internal sealed record EmbeddingRequest : KnownMembers
{
    public string? Model { get; init; }

    /// <summary>A text, or a list of texts.</summary>
    public JsonElement? Input { get; init; }

    public string? EncodingFormat { get; init; }

    public int? Dimensions { get; init; }

    /// <summary>Says who asks; by OpenAI's definition without effect.</summary>
    public string? User { get; init; }
}
