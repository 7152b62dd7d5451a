using System.Text.Json.Serialization.Metadata;

namespace Decant.Decoding;

/// <summary>One slot of <see cref="DecodingOptions"/> with the strategies it knows. Adding a strategy is one line in its slot.</summary>
public sealed class StrategySlot
{
    private readonly Dictionary<string, (Strategy Default, JsonTypeInfo Type)> _kinds;

    private StrategySlot(string name, Type type, params (Strategy Default, JsonTypeInfo Type)[] kinds)
    {
        (Name, Type) = (name, type);
        _kinds = kinds.ToDictionary(kind => kind.Default.Kind);
    }

    /// <summary>Every slot, in the order of <see cref="DecodingOptions"/>.</summary>
    public static IReadOnlyList<StrategySlot> All { get; } =
    [
        new("contrast", typeof(ContrastOptions)),
        new("processors", typeof(ProcessorOptions),
            Of(DecodingJson.Default.FrequencyPresenceOptions)),
        new("constraints", typeof(ConstraintOptions)),
        new("sampling", typeof(SamplerOptions),
            Of(DecodingJson.Default.SamplingOptions)),
        new("speculation", typeof(SpeculationOptions)),
        new("search", typeof(SearchOptions)),
        new("route", typeof(RouteOptions)),
        new("thinking", typeof(ThinkingOptions)),
        new("cache", typeof(CacheOptions)),
    ];

    /// <summary>The member of <see cref="DecodingOptions"/>, as written in JSON.</summary>
    public string Name { get; }

    /// <summary>The kinds of strategy that this slot knows.</summary>
    public IReadOnlyCollection<string> Kinds => _kinds.Keys;

    /// <summary>The slot's abstract record.</summary>
    internal Type Type { get; }

    /// <summary>A strategy with its defaults.</summary>
    internal Strategy? Default(string kind) => _kinds.TryGetValue(kind, out var entry) ? entry.Default : null;

    internal JsonTypeInfo? TypeOf(string kind) => _kinds.TryGetValue(kind, out var entry) ? entry.Type : null;

    internal static StrategySlot Of(Type type) => All.First(slot => slot.Type == type);

    private static (Strategy, JsonTypeInfo) Of<T>(JsonTypeInfo<T> type)
        where T : Strategy, new() => (new T(), type);
}
