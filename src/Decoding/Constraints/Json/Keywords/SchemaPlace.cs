using System.Text.Json;

namespace Decant.Decoding;

/// <summary>A schema, and how its reader came there.</summary>
internal readonly record struct SchemaPlace(SchemaNode Node, SchemaScope Scope)
{
    /// <summary>The exception for a keyword that is not as it must be.</summary>
    public JsonSchemaException Invalid(string keyword, string must) => new(Node.Pointer, keyword, $"it must be {must}.");

    /// <summary>The exception for a keyword that is beyond what can be enforced.</summary>
    public JsonSchemaException Unsupported(string keyword, string reason) => JsonSchemaException.Unsupported(Node.Pointer, keyword, reason);

    /// <summary>What a keyword says, or null where it is not there.</summary>
    public SchemaNode? Keyword(string keyword) => Node.Child(keyword);

    /// <summary>A count that a keyword says, or null where it is not there.</summary>
    public long? Count(string keyword)
    {
        if (Keyword(keyword) is not { } node) return null;
        if (node.Element.ValueKind == JsonValueKind.Number && DecimalNumber.Parse(node.Element.GetRawText()) is { IsInteger: true, IsNegative: false } count)
            return long.TryParse(count.Whole, out var value) ? value : long.MaxValue;
        throw Invalid(keyword, "a whole number that is not negative");
    }

    /// <summary>A number that a keyword says.</summary>
    public DecimalNumber Number(string keyword) => Keyword(keyword) is { Element.ValueKind: JsonValueKind.Number } node
        ? DecimalNumber.Parse(node.Element.GetRawText())
        : throw Invalid(keyword, "a number");

    /// <summary>The text that a keyword says.</summary>
    public string Text(string keyword) => Keyword(keyword) is { Element.ValueKind: JsonValueKind.String } node ? node.Element.GetString()! : throw Invalid(keyword, "a text");

    /// <summary>The texts of a list.</summary>
    public string[] Texts(SchemaNode list, string keyword)
        => list.Element.ValueKind == JsonValueKind.Array && list.Element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. list.Element.EnumerateArray().Select(item => item.GetString()!)]
            : throw Invalid(keyword, "a list of texts");

    /// <summary>The members of the object that a keyword says; none where it is not there.</summary>
    public IReadOnlyDictionary<string, SchemaNode> Members(string keyword) => Keyword(keyword) switch
    {
        null => new Dictionary<string, SchemaNode>(),
        { Element.ValueKind: JsonValueKind.Object } node => node.Children,
        _ => throw Invalid(keyword, "an object"),
    };

    /// <summary>The schemas of the list that a keyword says; none where it is not there.</summary>
    public IReadOnlyList<SchemaNode> Items(string keyword) => Keyword(keyword) switch
    {
        null => [],
        { Element.ValueKind: JsonValueKind.Array } node => [.. node.Children.Values],
        _ => throw Invalid(keyword, "a list of schemas"),
    };
}
