using System.Text.Json;
using System.Text.Json.Nodes;
using Decant.Decoding;

namespace Decant.Hosting;

/// <summary>Every option of decoding as JSON Schema with its documentation, made from the registry of strategies: nothing here knows any of them.</summary>
/// <remarks>
/// <c>options</c> is the schema of <see cref="DecodingOptions"/>; <c>slots</c> has by name the kinds of every slot and part, each with its schema and its defaults. Where a strategy belongs, a
/// schema says <c>"slot": "NAME"</c>.
/// </remarks>
internal static class DecodingSchema
{
    private static readonly Lazy<string> _json = new(() => Create().ToJsonString());

    /// <summary>The schema as JSON.</summary>
    public static string Json => _json.Value;

    private static JsonObject Create() => new()
    {
        ["options"] = SchemaNode.Of(StrategyTypes.Options),
        ["slots"] = new JsonObject(StrategySlot.All.Concat(StrategySlot.Parts).Select(slot => KeyValuePair.Create(slot.Name, (JsonNode?)Slot(slot)))),
    };

    private static JsonObject Slot(StrategySlot slot) => new()
    {
        ["description"] = Documentation.Summary(slot.Type),
        ["kinds"] = new JsonObject(slot.Kinds.Select(kind => KeyValuePair.Create(kind, (JsonNode?)Kind(slot, kind)))),
    };

    private static JsonObject Kind(StrategySlot slot, string kind)
    {
        var (type, strategy) = (slot.TypeOf(kind)!, slot.Default(kind)!);
        var schema = SchemaNode.Of(type);
        schema["properties"]!["kind"] = new JsonObject { ["const"] = kind };
        return new JsonObject
        {
            ["description"] = Documentation.Summary(type.Type),
            ["remarks"] = Documentation.Remarks(type.Type),
            ["default"] = JsonSerializer.SerializeToNode(strategy, type),
            ["schema"] = schema,
        };
    }
}
