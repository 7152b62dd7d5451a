using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Decant.Connectors.Chat;

/// <summary>Reads documents from whatever frameworks make of them on the way: records, texts, JSON, dictionaries.</summary>
internal static class DocumentReader
{
    public static IReadOnlyList<ChatDocument> Read(object value) => value switch
    {
        JsonNode node => Read(Element(node)),
        JsonElement { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Select(item => ReadOne(item))],
        string or ChatDocument or JsonElement or IDictionary or IEnumerable<KeyValuePair<string, object?>> => [ReadOne(value)],
        IEnumerable items => [.. items.Cast<object?>().Select(ReadOne)],
        _ => throw Unreadable(value),
    };

    private static ChatDocument ReadOne(object? value) => Check(value switch
    {
        ChatDocument document => document,
        string text => new ChatDocument(text),
        JsonNode node => ReadOne(Element(node)),
        JsonElement { ValueKind: JsonValueKind.String } text => new ChatDocument(text.GetString()!),
        JsonElement { ValueKind: JsonValueKind.Object } members => Read(members.EnumerateObject().Select(member => (member.Name, (object?)member.Value))),
        IDictionary members => Read(members.Keys.Cast<object>().Select(key => (key.ToString()!, members[key]))),
        IEnumerable<KeyValuePair<string, object?>> members => Read(members.Select(member => (member.Key, member.Value))),
        _ => throw Unreadable(value),
    });

    private static ChatDocument Read(IEnumerable<(string Name, object? Value)> members)
    {
        var texts = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in members) texts[name] = value is null or JsonElement { ValueKind: JsonValueKind.Null } ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
        return new ChatDocument(texts.GetValueOrDefault("text") ?? texts.GetValueOrDefault("content") ?? "")
        {
            Title = texts.GetValueOrDefault("title"),
            Score = texts.GetValueOrDefault("score") is { } score ? Number(score) : 0,
        };
    }

    private static double Number(string score) => double.TryParse(score, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
        ? number
        : throw new ArgumentException($"ChatOptions.AdditionalProperties[\"documents\"] has a document with the score \"{score}\". A score is a number.");

    private static ChatDocument Check(ChatDocument document) => string.IsNullOrWhiteSpace(document.Text)
        ? throw new ArgumentException("ChatOptions.AdditionalProperties[\"documents\"] has a document without text. Give each a \"text\".")
        : document;

    private static JsonElement Element(JsonNode node) => JsonSerializer.SerializeToElement(node);

    private static ArgumentException Unreadable(object? value)
        => new($"ChatOptions.AdditionalProperties[\"documents\"] cannot hold a {value?.GetType().Name ?? "null"}. Give texts, ChatDocuments, or objects with \"text\" and optionally \"title\" and \"score\".");
}
