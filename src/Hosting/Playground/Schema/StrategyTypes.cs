using System.Text.Json.Serialization.Metadata;
using Decant.Decoding;

namespace Decant.Hosting;

/// <summary>How types of the registry are called in JSON.</summary>
internal static class StrategyTypes
{
    private static readonly Dictionary<Type, StrategySlot> _slots = StrategySlot.All.Concat(StrategySlot.Parts).ToDictionary(slot => slot.Type);

    private static readonly Dictionary<string, string> _kinds = StrategySlot.All.Concat(StrategySlot.Parts)
        .SelectMany(slot => slot.Kinds.Select(kind => (slot.TypeOf(kind)!.Type, kind))).ToDictionary(pair => pair.Type.FullName!, pair => pair.kind);

    /// <summary>The options of a call.</summary>
    public static JsonTypeInfo Options => DecodingJson.Default.DecodingOptions;

    /// <summary>The slot whose abstract record this is, or null.</summary>
    public static StrategySlot? Slot(Type type) => _slots.GetValueOrDefault(type);

    /// <summary>The kind that a record is asked for with, or null where it is no strategy.</summary>
    public static string? Kind(string typeName) => _kinds.GetValueOrDefault(typeName);
}
