using System.Text.Json.Nodes;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>Random schemas over a few names, texts and numbers, and random values over the same.</summary>
/// <param name="random">Where choices come from.</param>
/// <param name="isExact">Whether to leave out what is only enforced from one side: counts of members, and members without a name of whose values a negation asks something.</param>
internal sealed class RandomSchema(Random random, bool isExact)
{
    private static readonly string[] _names = ["a", "b", "c"];
    private static readonly string[] _otherNames = ["a", "b", "c", "ab", ""];
    private static readonly string[] _texts = ["", "a", "b", "ab", "aab", "\"", "é"];
    private static readonly string[] _numbers = ["0", "1", "-1", "2", "3", "2.5", "-0.5", "10", "2.0"];
    private static readonly string[] _patterns = ["^a", "b$", "^a+$", "a|b", "^$", "\""];

    // A schema that refers to itself at the same place of a value is an error here and endless elsewhere.
    private bool _canRefer = true;

    /// <summary>A schema that may refer to itself.</summary>
    public JsonObject Schema()
    {
        var schema = Object(3);
        _canRefer = false;
        schema["$defs"] = new JsonObject { ["node"] = Object(2) };
        _canRefer = true;
        return schema;
    }

    /// <summary>A value.</summary>
    public JsonNode? Value(int depth = 3) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 or 3 => JsonNode.Parse(Pick(_numbers)),
        4 => Pick(_texts),
        5 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(depth - 1))]),
        _ => new JsonObject(_otherNames.OrderBy(_ => random.Next()).Take(random.Next(4)).Select(name => KeyValuePair.Create(name, Value(depth - 1)))),
    };

    private JsonNode Inside(int depth)
    {
        var before = _canRefer;
        _canRefer = true;
        var schema = Sub(depth);
        _canRefer = before;
        return schema;
    }

    private JsonNode Sub(int depth) => random.Next(depth > 0 ? 12 : 3) switch
    {
        0 => true,
        1 => random.Next(3) > 0,
        2 => new JsonObject { ["type"] = Pick(["null", "boolean", "integer", "number", "string"]) },
        3 when _canRefer => new JsonObject { ["$ref"] = "#/$defs/node" },
        _ => Object(depth - 1),
    };

    private JsonObject Object(int depth)
    {
        var schema = new JsonObject();
        for (var keywords = random.Next(1, 4); keywords > 0; keywords--) AddKeyword(schema, depth);
        return schema;
    }

    private void AddKeyword(JsonObject schema, int depth)
    {
        switch (random.Next(24))
        {
            case 0:
                schema["type"] = Pick(["null", "boolean", "integer", "number", "string", "array", "object"]);
                break;
            case 1:
                schema["type"] = new JsonArray("object", "array", Pick(["string", "integer"]));
                break;
            case 2:
                schema["enum"] = new JsonArray(Value(2), Value(1), Value(0));
                break;
            case 3:
                schema["const"] = Value(2);
                break;
            case 4:
                schema[Pick(["minimum", "exclusiveMinimum"])] = JsonNode.Parse(Pick(_numbers));
                break;
            case 5:
                schema[Pick(["maximum", "exclusiveMaximum"])] = JsonNode.Parse(Pick(_numbers));
                break;
            case 6:
                schema["multipleOf"] = JsonNode.Parse(Pick(["2", "0.5", "3"]));
                break;
            case 7:
                schema[Pick(["minLength", "maxLength"])] = random.Next(4);
                break;
            case 8:
                schema["pattern"] = Pick(_patterns);
                break;
            case 9 or 10:
                schema["properties"] = new JsonObject(_names.Where(_ => random.Next(2) == 0).Select(name => KeyValuePair.Create(name, (JsonNode?)Inside(depth))));
                break;
            case 11:
                schema["required"] = new JsonArray([.. _names.Where(_ => random.Next(3) == 0).Select(name => (JsonNode)name)]);
                break;
            case 12:
                schema["additionalProperties"] = isExact ? random.Next(2) == 0 : Inside(depth);
                break;
            case 13 when !isExact:
                schema["patternProperties"] = new JsonObject { [Pick(_patterns)] = Inside(depth), ["^ab?$"] = Inside(depth) };
                break;
            case 14:
                schema["propertyNames"] = new JsonObject { ["pattern"] = Pick(_patterns) };
                break;
            case 15:
                if (isExact) schema["minProperties"] = random.Next(2);
                else schema[Pick(["minProperties", "maxProperties"])] = random.Next(3);
                break;
            case 16:
                schema["dependentRequired"] = new JsonObject { ["a"] = new JsonArray("b") };
                break;
            case 17:
                schema[random.Next(2) == 0 ? "items" : "contains"] = Inside(depth);
                break;
            case 18:
                schema["prefixItems"] = new JsonArray(Inside(depth), Inside(depth));
                break;
            case 19:
                schema[Pick(["minItems", "maxItems", "minContains", "maxContains"])] = random.Next(3);
                break;
            case 20:
                schema["not"] = Sub(depth);
                break;
            case 21:
                schema["if"] = Sub(depth);
                schema[Pick(["then", "else"])] = Sub(depth);
                break;
            case 22 when depth > 0 && !isExact:
                schema[Pick(["unevaluatedProperties", "unevaluatedItems"])] = false;
                break;
            default:
                schema[Pick(["allOf", "anyOf", "oneOf"])] = new JsonArray(Sub(depth), Sub(depth));
                break;
        }
    }

    private T Pick<T>(T[] items) => items[random.Next(items.Length)];
}
