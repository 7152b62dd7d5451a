using System.Text.Json;
using System.Text.Json.Serialization;
using Decant.Decoding;

namespace Decant.Connectors.SemanticKernel;

/// <summary>Reads decoding options as leniently as a call does: a kind alone, or a single strategy, will do.</summary>
internal sealed class DecodingConverter : JsonConverter<DecodingOptions>
{
    public override DecodingOptions Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => DecodingOptions.Read(JsonElement.ParseValue(ref reader));

    public override void Write(Utf8JsonWriter writer, DecodingOptions value, JsonSerializerOptions options) => writer.WriteRawValue(value.ToString());
}
