using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Decant.Tests;

/// <summary>
/// JSON Schema 2020-12 as its text says it: goes through keywords with a value in hand. References are JSON pointers into the same document; formats, anchors and identifiers it does not know. Of a
/// name that comes twice the last member counts.
/// </summary>
internal sealed class ReferenceJsonValidator(string schema)
{
    private const int Places = 500;
    private readonly JsonElement _root = JsonDocument.Parse(schema).RootElement;

    public bool IsValid(JsonElement value) => Check(_root, value, []);

    // What was looked at, members by name and items by number, goes into "seen" where the schema allows the value.
    private bool Check(JsonElement schema, JsonElement value, HashSet<string> seen)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) return schema.ValueKind == JsonValueKind.True;
        var looked = new HashSet<string>();
        bool Try(JsonElement other, bool look = true)
        {
            var theirs = new HashSet<string>();
            if (!Check(other, value, theirs)) return false;
            if (look) looked.UnionWith(theirs);
            return true;
        }

        JsonElement? Get(string keyword) => schema.TryGetProperty(keyword, out var found) ? found : null;
        long Count(string keyword, long otherwise) => Get(keyword) is { } count ? (long)count.GetDouble() : otherwise;
        IEnumerable<JsonProperty> Members(string keyword) => Get(keyword)?.EnumerateObject() ?? Enumerable.Empty<JsonProperty>();
        IReadOnlyList<JsonElement> Items(string keyword) => Get(keyword) is { } list ? [.. list.EnumerateArray()] : [];

        if (Get("type") is { } type && !(type.ValueKind == JsonValueKind.String ? [type] : type.EnumerateArray().ToArray()).Any(name => Is(value, name.GetString()!))) return false;
        if (Get("enum") is { } list && !list.EnumerateArray().Any(item => Same(item, value))) return false;
        if (Get("const") is { } constant && !Same(constant, value)) return false;
        if (value.ValueKind == JsonValueKind.Number)
        {
            var number = Number(value);
            if (Get("minimum") is { } min && number < Number(min)) return false;
            if (Get("exclusiveMinimum") is { } above && number <= Number(above)) return false;
            if (Get("maximum") is { } max && number > Number(max)) return false;
            if (Get("exclusiveMaximum") is { } below && number >= Number(below)) return false;
            if (Get("multipleOf") is { } divisor && number % Number(divisor) != 0) return false;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            var text = value.GetString()!;
            var length = text.EnumerateRunes().Count();
            if (length < Count("minLength", 0) || length > Count("maxLength", long.MaxValue)) return false;
            if (Get("pattern") is { } pattern && !Found(pattern.GetString()!, text)) return false;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            JsonElement[] items = [.. value.EnumerateArray()];
            if (items.Length < Count("minItems", 0) || items.Length > Count("maxItems", long.MaxValue)) return false;
            if (Get("uniqueItems")?.GetBoolean() == true && Enumerable.Range(0, items.Length).Any(i => items[..i].Any(item => Same(item, items[i])))) return false;
            var first = Items("prefixItems");
            for (var i = 0; i < items.Length; i++)
            {
                if ((i < first.Count ? first[i] : Get("items")) is not { } item) continue;
                if (!Check(item, items[i], [])) return false;
                looked.Add($"{i}");
            }

            if (Get("contains") is { } contains)
            {
                var matching = Enumerable.Range(0, items.Length).Where(i => Check(contains, items[i], [])).ToArray();
                if (matching.Length < Count("minContains", 1) || matching.Length > Count("maxContains", long.MaxValue)) return false;
                looked.UnionWith(matching.Select(i => $"{i}"));
            }
        }

        var members = value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().GroupBy(member => member.Name).ToDictionary(group => group.Key, group => group.Last().Value) : [];
        if (value.ValueKind == JsonValueKind.Object)
        {
            if (members.Count < Count("minProperties", 0) || members.Count > Count("maxProperties", long.MaxValue)) return false;
            if (Items("required").Any(name => !members.ContainsKey(name.GetString()!))) return false;
            if (Members("dependentRequired").Any(pair => members.ContainsKey(pair.Name) && pair.Value.EnumerateArray().Any(name => !members.ContainsKey(name.GetString()!)))) return false;
            if (Get("propertyNames") is { } names && members.Keys.Any(name => !Check(names, JsonSerializer.SerializeToElement(name), []))) return false;
            foreach (var (name, member) in members)
            {
                List<JsonElement> theirs = [.. Members("properties").Where(pair => pair.Name == name).Select(pair => pair.Value), .. Members("patternProperties").Where(pair => Found(pair.Name, name)).Select(pair => pair.Value)];
                if (theirs.Count == 0 && Get("additionalProperties") is { } additional) theirs.Add(additional);
                if (theirs.Exists(other => !Check(other, member, []))) return false;
                if (theirs.Count > 0) looked.Add(name);
            }
        }

        if (Get("$ref") is { } reference && !Try(Find(reference.GetString()!))) return false;
        if (Items("allOf").Any(branch => !Try(branch))) return false;
        if (Get("anyOf") is not null && !Items("anyOf").Select(branch => Try(branch)).ToArray().Contains(true)) return false;
        if (Get("oneOf") is not null && Items("oneOf").Count(branch => Try(branch)) != 1) return false;
        if (Get("not") is { } not && Try(not, look: false)) return false;
        if (Get("if") is { } condition && Get(Try(condition) ? "then" : "else") is { } rest && !Try(rest)) return false;
        if (Members("dependentSchemas").Any(pair => members.ContainsKey(pair.Name) && !Try(pair.Value))) return false;
        if (value.ValueKind == JsonValueKind.Array && Get("unevaluatedItems") is { } otherItems)
        {
            if (value.EnumerateArray().Where((item, i) => !looked.Contains($"{i}") && !Check(otherItems, item, [])).Any()) return false;
            looked.UnionWith(Enumerable.Range(0, value.GetArrayLength()).Select(i => $"{i}"));
        }

        if (Get("unevaluatedProperties") is { } otherMembers)
        {
            if (members.Any(member => !looked.Contains(member.Key) && !Check(otherMembers, member.Value, []))) return false;
            looked.UnionWith(members.Keys);
        }

        seen.UnionWith(looked);
        return true;
    }

    private JsonElement Find(string reference) => reference.Split('/').Skip(1).Aggregate(_root, (at, segment) =>
    {
        segment = Uri.UnescapeDataString(segment).Replace("~1", "/").Replace("~0", "~");
        return at.ValueKind == JsonValueKind.Array ? at[int.Parse(segment)] : at.GetProperty(segment);
    });

    private static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind == JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && Number(value) % BigInteger.Pow(10, Places) == 0,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        _ => value.ValueKind == JsonValueKind.Object,
    };

    private static bool Same(JsonElement left, JsonElement right)
        => left.ValueKind == JsonValueKind.Number && right.ValueKind == JsonValueKind.Number ? Number(left) == Number(right)
            : left.ValueKind == JsonValueKind.Array && right.ValueKind == JsonValueKind.Array ? left.GetArrayLength() == right.GetArrayLength() && left.EnumerateArray().Zip(right.EnumerateArray()).All(pair => Same(pair.First, pair.Second))
            : left.ValueKind == JsonValueKind.Object && right.ValueKind == JsonValueKind.Object ? left.EnumerateObject().Count() == right.EnumerateObject().Count() && left.EnumerateObject().All(member => right.TryGetProperty(member.Name, out var other) && Same(member.Value, other))
            : JsonElement.DeepEquals(left, right);

    // A whole number of units so small that no number of a test has a part of one.
    private static BigInteger Number(JsonElement value)
    {
        var parts = value.GetRawText().ToLowerInvariant().Split('e');
        var point = parts[0].IndexOf('.');
        var places = point < 0 ? 0 : parts[0].Length - point - 1;
        var shift = Places - places + (parts.Length > 1 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign) : 0);
        return shift >= 0 ? BigInteger.Parse(parts[0].Replace(".", "")) * BigInteger.Pow(10, shift) : throw new NotSupportedException($"{value.GetRawText()} has too many places for this validator.");
    }

    // .NET's own ends of lines and digits are others.
    private static bool Found(string pattern, string text) => Regex.IsMatch(text, pattern, RegexOptions.ECMAScript);
}
