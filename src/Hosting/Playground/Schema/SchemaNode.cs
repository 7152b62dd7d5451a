using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Decant.Decoding;

namespace Decant.Hosting;

/// <summary>The JSON Schema of one registered type. The framework makes it; what it cannot see through are converters: of slots, lists, dictionaries and of what may also be written as text.</summary>
internal static class SchemaNode
{
    private static readonly JsonSchemaExporterOptions _exporter = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    public static JsonObject Of(JsonTypeInfo type) => type.GetJsonSchemaAsNode(_exporter).AsObject();

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode exported)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        // What the exporter cannot see through is "true": anything.
        var schema = Converted(type, context.TypeInfo.Options) ?? exported as JsonObject ?? [];
        if (SimpleType(type) is { } name)
        {
            // Numbers and booleans are read from texts too; a form need not know.
            schema.Remove("pattern");
            schema["type"] = name;
        }

        // Generated readers leave out the initialisers of what is not said, so a form has to say them.
        if (Prototype(context.TypeInfo) is { } prototype) schema["default"] = prototype;
        if (type.IsEnum) schema["descriptions"] = new JsonObject(Enum.GetNames(type).Select(member => KeyValuePair.Create(JsonNamingPolicy.KebabCaseLower.ConvertName(member), (JsonNode?)Documentation.Summary(type.GetField(member)!))));
        if (context.PropertyInfo is not { } property) return schema;
        if (schema["type"] is JsonValue single && IsNullable(property)) schema["type"] = new JsonArray(single.DeepClone(), "null");
        if (Member(property) is { } documented && Documentation.Summary(documented) is { Length: > 0 } summary) schema["description"] = summary;
        return schema;
    }

    private static JsonObject? Converted(Type type, JsonSerializerOptions options)
    {
        if (StrategyTypes.Slot(type) is { } slot) return new JsonObject { ["slot"] = slot.Name };
        if (!type.IsGenericType) return null;
        var arguments = type.GetGenericArguments();
        if (type.GetGenericTypeDefinition() == typeof(ValueList<>)) return new JsonObject { ["type"] = "array", ["items"] = Item(arguments[0], options) };
        return type.GetGenericTypeDefinition() == typeof(ValueDictionary<,>) ? new JsonObject { ["type"] = "object", ["additionalProperties"] = Item(arguments[1], options) } : null;
    }

    private static JsonObject Item(Type type, JsonSerializerOptions options) => Converted(type, options) ?? Of(options.GetTypeInfo(type));

    private static string? SimpleType(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => "string",
        TypeCode.Boolean => "boolean",
        TypeCode.Int32 or TypeCode.Int64 => "integer",
        TypeCode.Single or TypeCode.Double => "number",
        TypeCode.String => "string",
        _ => null,
    };

    private static JsonNode? Prototype(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.IsAssignableTo(typeof(Strategy)) || type.Type == typeof(DecodingOptions)) return null;
        var constructor = type.Type.GetConstructors().MinBy(each => each.GetParameters().Length)!;
        return JsonSerializer.SerializeToNode(constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]), type);
    }

    private static bool IsNullable(JsonPropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) is not null || property.IsGetNullable;

    private static PropertyInfo? Member(JsonPropertyInfo property)
        => property.DeclaringType.GetProperties().FirstOrDefault(each => JsonNamingPolicy.SnakeCaseLower.ConvertName(each.Name) == property.Name);
}
