using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Decant.Decoding;

/// <summary>Reads <see cref="DecodingOptions"/> from whatever frameworks make of them on the way.</summary>
internal static class DecodingReader
{
    public static DecodingOptions Read(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value switch
        {
            DecodingOptions options => options,
            Strategy strategy => Place(strategy),
            string text => ReadText(text.Trim()),
            JsonElement element => ReadElement(element),
            JsonNode node => ReadElement(Element(node)),
            IDictionary dictionary => ReadElement(Element(Node(dictionary)!)),
            _ => throw new ArgumentException($"decoding cannot be a {value.GetType().Name}. Give DecodingOptions, a strategy's options, a JSON object, a dictionary, or a kind as text."),
        };
    }

    private static DecodingOptions ReadText(string text) => text.StartsWith('{') ? ReadElement(Parse(text)) : ReadElement(Element(new JsonObject { ["kind"] = text }));

    private static DecodingOptions ReadElement(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String) return ReadText(value.GetString()!.Trim());
        if (value.ValueKind != JsonValueKind.Object) throw new ArgumentException($"decoding must be an object or the name of a strategy, not {value.GetRawText()}.");
        if (StrategyReader.Kind(value) is { } kind) return Place(StrategyReader.Read(value, StrategyReader.SlotOf(kind)));
        try
        {
            return value.Deserialize(DecodingJson.Default.DecodingOptions)!;
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"decoding cannot be read: {exception.Message} Its members: {string.Join(", ", DecodingJson.Default.DecodingOptions.Properties.Select(property => property.Name))}.", exception);
        }
    }

    private static DecodingOptions Place(Strategy strategy) => strategy switch
    {
        ContrastOptions contrast => new() { Contrast = contrast },
        ProcessorOptions processor => new() { Processors = [processor] },
        ConstraintOptions constraint => new() { Constraints = [constraint] },
        SamplerOptions sampling => new() { Sampling = sampling },
        SpeculationOptions speculation => new() { Speculation = speculation },
        SearchOptions search => new() { Search = search },
        RouteOptions route => new() { Route = route },
        ThinkingOptions thinking => new() { Thinking = thinking },
        CacheOptions cache => new() { Cache = cache },
        _ => throw new ArgumentException($"{strategy.GetType().Name} belongs to no slot: derive it from one of the slots' records, such as {nameof(ProcessorOptions)}."),
    };

    private static JsonElement Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"decoding is not valid JSON: {exception.Message}", exception);
        }
    }

    private static JsonElement Element(JsonNode node) => Parse(node.ToJsonString());

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        JsonNode node => node.DeepClone(),
        JsonElement element => JsonNode.Parse(element.GetRawText()),
        string text => JsonValue.Create(text),
        bool boolean => JsonValue.Create(boolean),
        Strategy strategy => Node(Place(strategy).ToString(), strategy),
        IDictionary dictionary => new JsonObject(dictionary.Keys.Cast<object>().Select(key => KeyValuePair.Create(Text(key), Node(dictionary[key])))),
        IEnumerable items => new JsonArray([.. items.Cast<object?>().Select(Node)]),
        _ => JsonValue.Create(Text(value)),
    };

    // A typed strategy inside a dictionary: its JSON is what stands in its slot.
    private static JsonNode? Node(string options, Strategy strategy)
    {
        var slot = JsonNode.Parse(options)!.AsObject().First().Value!;
        return (slot is JsonArray list ? list[0] : slot)?.DeepClone() ?? throw new ArgumentException($"{strategy.Kind} cannot be written as JSON.");
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
