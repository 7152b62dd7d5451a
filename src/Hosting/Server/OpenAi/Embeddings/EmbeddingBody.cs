using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>The response of <c>/v1/embeddings</c>.</summary>
internal sealed record EmbeddingBody(IReadOnlyList<EmbeddingBody.Item> Data, string Model, EmbeddingBody.UsedTokens Usage)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "list";

    /// <param name="Index">The text's place in the request.</param>
    /// <param name="Embedding">Numbers, or in base64 their bytes.</param>
    internal sealed record Item(int Index, JsonElement Embedding)
    {
        [JsonPropertyOrder(-1)]
        public string Object { get; } = "embedding";
    }

    internal sealed record UsedTokens(long PromptTokens, long TotalTokens);
}
