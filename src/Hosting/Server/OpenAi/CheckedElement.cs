using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Decant.Hosting.Server;

/// <summary>Reads JSON that a request leaves open, with every text in it: half a surrogate pair, or bytes that are not UTF-8, would otherwise be found out only where the text is used.</summary>
internal sealed class CheckedElement : JsonConverter<JsonElement>
{
    /// <exception cref="JsonException">A text is no Unicode.</exception>
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            var element = JsonMetadataServices.JsonElementConverter.Read(ref reader, typeToConvert, options);
            Check(element);
            return element;
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException(null, exception);
        }
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

    // To read a text is to check it.
    private static void Check(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Check(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Check(member.Value);
                }

                break;
        }
    }
}
