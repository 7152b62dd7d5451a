using System.Text.Json;
using System.Text.Json.Serialization;
using Decant.Connectors.Chat;

namespace Decant.Connectors.SemanticKernel;

/// <summary>Reads documents as leniently as a call does: texts alone, or a single one, will do.</summary>
internal sealed class DocumentsConverter : JsonConverter<IReadOnlyList<ChatDocument>>
{
    public override IReadOnlyList<ChatDocument> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => DocumentReader.Read(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<ChatDocument> value, JsonSerializerOptions options)
        => JsonSerializer.Serialize(writer, value.ToArray(), options);
}
