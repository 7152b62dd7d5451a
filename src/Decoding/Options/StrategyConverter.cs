using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A slot's strategies as objects with a <c>kind</c>; a bare string is a kind with its defaults.</summary>
internal sealed class StrategyConverter<T> : JsonConverter<T>
    where T : Strategy
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return (T)StrategyReader.Read(document.RootElement, StrategySlot.Of(typeof(T)));
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        => JsonSerializer.Serialize(writer, value, StrategySlot.Of(typeof(T)).TypeOf(value.Kind)
            ?? throw new NotSupportedException($"The strategy {value.GetType().Name} is not in the slot's list, so it cannot be written as JSON."));
}
