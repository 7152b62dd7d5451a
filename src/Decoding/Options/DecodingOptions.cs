using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How one call decodes: one member per slot, each null where the client's default holds. Immutable, equal by value, JSON both ways.</summary>
/// <remarks>The attributes make every serializer write the same JSON, so that response caches tell different options apart, and refuse what it does not know.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DecodingOptions
{
    /// <summary>Which raw distribution is decoded.</summary>
    [JsonPropertyName("contrast"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyConverter<ContrastOptions>))]
    public ContrastOptions? Contrast { get; init; }

    /// <summary>Changes to a row, in the order they apply. Null: the client's; empty: none.</summary>
    [JsonPropertyName("processors"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyListConverter<ProcessorOptions>))]
    public ValueList<ProcessorOptions>? Processors { get; init; }

    /// <summary>What may be said: all of them hold. Null: the client's; empty: none.</summary>
    [JsonPropertyName("constraints"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyListConverter<ConstraintOptions>))]
    public ValueList<ConstraintOptions>? Constraints { get; init; }

    /// <summary>How a token is drawn. Members of it that are null fall back to ChatOptions and to the client's defaults.</summary>
    [JsonPropertyName("sampling"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyConverter<SamplerOptions>))]
    public SamplerOptions? Sampling { get; init; }

    /// <summary>Drafting and verification.</summary>
    [JsonPropertyName("speculation"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyConverter<SpeculationOptions>))]
    public SpeculationOptions? Speculation { get; init; }

    /// <summary>Search over several states.</summary>
    [JsonPropertyName("search"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyConverter<SearchOptions>))]
    public SearchOptions? Search { get; init; }

    /// <summary>Which model produces a token.</summary>
    [JsonPropertyName("route"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyConverter<RouteOptions>))]
    public RouteOptions? Route { get; init; }

    /// <summary>The reasoning span.</summary>
    [JsonPropertyName("thinking"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyConverter<ThinkingOptions>))]
    public ThinkingOptions? Thinking { get; init; }

    /// <summary>The model's cache.</summary>
    [JsonPropertyName("cache"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(StrategyConverter<CacheOptions>))]
    public CacheOptions? Cache { get; init; }

    /// <summary>What the call may cost. Null: the client's default; without one, only tokens are limited.</summary>
    [JsonPropertyName("budget"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BudgetOptions? Budget { get; init; }

    /// <summary>Log-probabilities to return with every token. Null: the client's default; without one, none.</summary>
    [JsonPropertyName("logprobs"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LogprobOptions? Logprobs { get; init; }

    /// <summary>Whether to return a trace of every token. Null: the client's default; without one, no.</summary>
    [JsonPropertyName("trace"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(LenientBooleanConverter))]
    public bool? Trace { get; init; }

    /// <summary>Whether constraints hold in the model's reasoning too. Null: the client's default; without one, reasoning is free and they hold behind it.</summary>
    [JsonPropertyName("constrain_reasoning"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(LenientBooleanConverter))]
    public bool? ConstrainReasoning { get; init; }

    /// <summary>A text that is equal for equal options and different for different ones: the options as JSON.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, DecodingJson.Default.DecodingOptions);

    /// <summary>Reads options in any form that frameworks deliver them in.</summary>
    /// <param name="value">
    /// Options; one strategy; a JSON object; a dictionary with texts for values, as YAML gives; a text that is a kind ("sample") or JSON. An object may hold slots, or be
    /// a single strategy with a "kind".
    /// </param>
    /// <exception cref="ArgumentException">A kind or member is unknown (the message lists the known ones), or a value cannot be read.</exception>
    public static DecodingOptions Read(object value) => DecodingReader.Read(value);

    /// <summary>These options, with <paramref name="defaults"/> for every slot that is null.</summary>
    public DecodingOptions Or(DecodingOptions? defaults) => defaults is null ? this : new()
    {
        Contrast = Contrast ?? defaults.Contrast,
        Processors = Processors ?? defaults.Processors,
        Constraints = Constraints ?? defaults.Constraints,
        Sampling = Sampling ?? defaults.Sampling,
        Speculation = Speculation ?? defaults.Speculation,
        Search = Search ?? defaults.Search,
        Route = Route ?? defaults.Route,
        Thinking = Thinking ?? defaults.Thinking,
        Cache = Cache ?? defaults.Cache,
        Budget = Budget ?? defaults.Budget,
        Logprobs = Logprobs ?? defaults.Logprobs,
        Trace = Trace ?? defaults.Trace,
        ConstrainReasoning = ConstrainReasoning ?? defaults.ConstrainReasoning,
    };

    /// <summary>These options with another seed.</summary>
    public DecodingOptions WithSeed(long seed) => this with { Sampling = (Sampling ?? new SamplingOptions()) with { Seed = seed } };

    /// <summary>Checks every member's range.</summary>
    /// <exception cref="ArgumentException">A member is out of range; the message names it.</exception>
    public void Validate()
    {
        foreach (var strategy in Strategies) strategy.Validate();
        Budget?.Validate();
        Logprobs?.Validate();
    }

    /// <summary>Every strategy that is asked for.</summary>
    [JsonIgnore]
    public IEnumerable<Strategy> Strategies =>
        new Strategy?[] { Contrast, Sampling, Speculation, Search, Route, Thinking, Cache }.OfType<Strategy>().Concat(Processors ?? []).Concat(Constraints ?? []);
}
