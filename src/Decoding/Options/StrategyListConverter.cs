using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A slot that takes several strategies: a JSON array, or a single one.</summary>
internal sealed class StrategyListConverter<T> : JsonConverter<ValueList<T>>
    where T : Strategy
{
    private static readonly StrategyConverter<T> _item = new();

    public override ValueList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) return [_item.Read(ref reader, typeof(T), options)];
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(_item.Read(ref reader, typeof(T), options));
        return [.. items];
    }

    public override void Write(Utf8JsonWriter writer, ValueList<T> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in value) _item.Write(writer, item, options);
        writer.WriteEndArray();
    }
}
