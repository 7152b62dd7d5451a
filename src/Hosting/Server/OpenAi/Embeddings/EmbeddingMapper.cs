using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns requests for embeddings into texts, and embeddings into a response. Pure.</summary>
internal static class EmbeddingMapper
{
    /// <summary>The texts to embed.</summary>
    /// <exception cref="ApiException">The input is no text and no list of texts, or has more of them than allowed.</exception>
    public static IReadOnlyList<string> Texts(EmbeddingRequest request, DecantServerOptions limits)
    {
        const string Wanted = "input must be a text or a list of texts. Token ids are not taken: which tokens they are depends on the model that embeds.";
        if (request.EncodingFormat is not (null or "float" or "base64")) throw ApiException.Invalid($"There is no encoding_format \"{request.EncodingFormat}\". Known: float, base64.", "encoding_format");
        if (request.Dimensions < 1) throw ApiException.Invalid("dimensions must be at least 1.", "dimensions");
        IReadOnlyList<string> texts = request.Input switch
        {
            { ValueKind: JsonValueKind.String } text => [text.GetString()!],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw ApiException.Invalid(Wanted, "input"))],
            _ => throw ApiException.Invalid(Wanted, "input"),
        };
        if (texts.Count == 0) throw ApiException.Invalid(Wanted, "input");
        return texts.Count <= limits.MaxEmbeddingInputs ? texts : throw ApiException.Invalid($"input has {texts.Count} texts, and this server embeds at most {limits.MaxEmbeddingInputs} at a time.", "input");
    }

    public static EmbeddingBody Map(string model, GeneratedEmbeddings<Embedding<float>> embeddings, bool inBase64) => new(
        [.. embeddings.Select((embedding, index) => new EmbeddingBody.Item(index, Vector(embedding.Vector, inBase64)))], model,
        new(embeddings.Usage?.InputTokenCount ?? 0, embeddings.Usage?.TotalTokenCount ?? embeddings.Usage?.InputTokenCount ?? 0));

    // OpenAI's base64 is that of little-endian float32, which is how they lie in memory wherever .NET runs.
    private static JsonElement Vector(ReadOnlyMemory<float> vector, bool inBase64) => inBase64
        ? JsonSerializer.SerializeToElement(Convert.ToBase64String(MemoryMarshal.AsBytes(vector.Span)))
        : JsonSerializer.SerializeToElement(vector);
}
