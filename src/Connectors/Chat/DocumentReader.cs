using System.Collections;
using System.Text.Json;

namespace Decant.Connectors.Chat;

/// <summary>Reads documents from whatever frameworks make of them on the way: records, texts, JSON, dictionaries.</summary>
internal static class DocumentReader
{
    public static IReadOnlyList<ChatDocument> Read(object value) => value switch
    {
        JsonElement { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Select(item => ReadOne(item))],
        string or ChatDocument or JsonElement or IDictionary => [ReadOne(value)],
        IEnumerable items => [.. items.Cast<object?>().Select(ReadOne)],
        _ => throw Unreadable(value),
    };

    private static ChatDocument ReadOne(object? value) => Check(value switch
    {
        ChatDocument document => document,
        string text => new ChatDocument(text),
        JsonElement { ValueKind: JsonValueKind.String } text => new ChatDocument(text.GetString()!),
        JsonElement { ValueKind: JsonValueKind.Object } members => Read(name => members.EnumerateObject().FirstOrDefault(member => IsName(member.Name, name)).Value is { ValueKind: not JsonValueKind.Undefined } found ? found.ToString() : null),
        IDictionary members => Read(name => members.Keys.Cast<object>().FirstOrDefault(key => IsName(key.ToString()!, name)) is { } key ? members[key]?.ToString() : null),
        _ => throw Unreadable(value),
    });

    private static ChatDocument Read(Func<string, string?> member) => new(member("text") ?? member("content") ?? "")
    {
        Title = member("title"),
        Score = double.TryParse(member("score"), out var score) ? score : 0,
    };

    private static ChatDocument Check(ChatDocument document) => string.IsNullOrWhiteSpace(document.Text)
        ? throw new ArgumentException("ChatOptions.AdditionalProperties[\"documents\"] has a document without text. Give each a \"text\".")
        : document;

    private static bool IsName(string name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);

    private static ArgumentException Unreadable(object? value)
        => new($"ChatOptions.AdditionalProperties[\"documents\"] cannot hold a {value?.GetType().Name ?? "null"}. Give texts, ChatDocuments, or objects with \"text\" and optionally \"title\" and \"score\".");
}
