using System.Text.Json;
using System.Text.Json.Nodes;

namespace Decant.Tests.Hosting.Playground;

/// <summary>Checks a value against the part of JSON Schema that /decant/schema is written in.</summary>
internal static class SchemaCheck
{
    private static readonly string[] _known = ["type", "properties", "additionalProperties", "items", "enum", "const", "slot", "default", "description", "descriptions"];

    public static void IsValid(JsonNode? value, JsonNode schema, JsonNode document)
    {
        Assert.All(schema.AsObject(), keyword => Assert.Contains(keyword.Key, _known));
        if (schema["slot"] is { } slot)
        {
            if (value is null) return;
            var kind = document["slots"]![(string)slot!]!["kinds"]![(string)value["kind"]!];
            Assert.True(kind is not null, $"{slot} has no kind {value["kind"]}.");
            IsValid(value, kind!["schema"]!, document);
            return;
        }

        if (schema["const"] is { } constant) Assert.Equal((string?)constant, (string?)value);
        if (schema["enum"] is JsonArray values) Assert.Contains((string?)value, values.Select(each => (string?)each));
        if (schema["type"] is { } type) Assert.Contains(TypeOf(value), (type is JsonArray several ? several.Select(each => (string?)each) : [(string?)type]).SelectMany(name => name == "number" ? ["number", "integer"] : new[] { name }));
        if (value is JsonArray items)
        {
            foreach (var item in items) IsValid(item, schema["items"]!, document);
        }

        if (value is not JsonObject members) return;
        foreach (var (name, member) in members) IsValid(member, Member(schema, name), document);
    }

    private static JsonNode Member(JsonNode schema, string name)
    {
        var member = schema["properties"]?[name] ?? (schema["additionalProperties"] as JsonObject);
        Assert.True(member is not null, $"There is no member {name}.");
        return member!;
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null => "null",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => decimal.TryParse(value.ToJsonString(), out var number) && number == decimal.Truncate(number) ? "integer" : "number",
        JsonValueKind.Array => "array",
        _ => "object",
    };
}
