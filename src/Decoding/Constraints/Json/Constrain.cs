using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Decant.Decoding;

/// <summary>Constraints from types.</summary>
public static class Constrain
{
    private static readonly Dictionary<Type, (JsonNode Min, JsonNode Max)> _ranges = new()
    {
        [typeof(sbyte)] = (sbyte.MinValue, sbyte.MaxValue),
        [typeof(byte)] = (byte.MinValue, byte.MaxValue),
        [typeof(short)] = (short.MinValue, short.MaxValue),
        [typeof(ushort)] = (ushort.MinValue, ushort.MaxValue),
        [typeof(int)] = (int.MinValue, int.MaxValue),
        [typeof(uint)] = (uint.MinValue, uint.MaxValue),
        [typeof(long)] = (long.MinValue, long.MaxValue),
        [typeof(ulong)] = (ulong.MinValue, ulong.MaxValue),
    };

    /// <summary>The answer is JSON that <c>JsonSerializer.Deserialize&lt;T&gt;</c> reads: with no members that the type does not have, and integers in its range.</summary>
    /// <param name="options">How it is read. Null: as <see cref="JsonSerializerOptions.Default"/> says.</param>
    /// <exception cref="NotSupportedException">The type cannot be read from JSON.</exception>
    [RequiresUnreferencedCode("Finds the type's members. Give a JsonTypeInfo<T> where code is trimmed.")]
    [RequiresDynamicCode("Finds the type's members. Give a JsonTypeInfo<T> where code is compiled ahead of time.")]
    public static JsonSchemaOptions To<T>(JsonSerializerOptions? options = null)
    {
        // A copy: to ask the caller's for a type would freeze them.
        var copy = new JsonSerializerOptions(options ?? JsonSerializerOptions.Default);
        copy.MakeReadOnly(populateMissingResolver: true);
        return To((JsonTypeInfo<T>)copy.GetTypeInfo(typeof(T)));
    }

    /// <summary>The answer is JSON that <c>JsonSerializer.Deserialize(text, type)</c> reads: with no members that the type does not have, and integers in its range.</summary>
    /// <param name="type">How the type is read, such as from a <c>JsonSerializerContext</c>.</param>
    public static JsonSchemaOptions To<T>(JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var schema = type.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Tighten });
        return new JsonSchemaOptions { Schema = schema.ToJsonString() };
    }

    private static JsonNode Tighten(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema) return node;
        if (schema.ContainsKey("properties")) schema.TryAdd("additionalProperties", false);
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (_ranges.TryGetValue(type, out var range)) (schema["minimum"], schema["maximum"]) = (range.Min.DeepClone(), range.Max.DeepClone());
        return schema;
    }
}
