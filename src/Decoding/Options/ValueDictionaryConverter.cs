using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Decant.Decoding;

/// <summary>A <see cref="ValueDictionary{TKey, TValue}"/> as a JSON object.</summary>
internal sealed class ValueDictionaryConverter<TKey, TValue> : JsonConverter<ValueDictionary<TKey, TValue>>
    where TKey : notnull, IParsable<TKey>
{
    public override ValueDictionary<TKey, TValue> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("An object is expected here, with a value for every key.");
        var item = (JsonTypeInfo<TValue>)options.GetTypeInfo(typeof(TValue));
        var entries = new Dictionary<TKey, TValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            if (!TKey.TryParse(name, CultureInfo.InvariantCulture, out var key)) throw new JsonException($"\"{name}\" cannot be a key here: it must be a {typeof(TKey).Name}.");
            reader.Read();
            entries[key] = JsonSerializer.Deserialize(ref reader, item)!;
        }

        return entries;
    }

    public override void Write(Utf8JsonWriter writer, ValueDictionary<TKey, TValue> value, JsonSerializerOptions options)
    {
        var item = (JsonTypeInfo<TValue>)options.GetTypeInfo(typeof(TValue));
        writer.WriteStartObject();
        foreach (var (key, each) in value)
        {
            writer.WritePropertyName(Convert.ToString(key, CultureInfo.InvariantCulture)!);
            JsonSerializer.Serialize(writer, each, item);
        }

        writer.WriteEndObject();
    }
}
