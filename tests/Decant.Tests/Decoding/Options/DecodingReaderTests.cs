using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Options;

/// <summary>Options arrive in many shapes and mean the same in all; what is not known is refused with what is.</summary>
public class DecodingReaderTests
{
    private const string Json = """
        {"processors":[{"kind":"frequency-presence","frequency":0.5,"presence":-1}],"sampling":{"kind":"sample","temperature":0.7,"top_k":5,"seed":9},
         "budget":{"max_forwards":7,"max_seconds":1.5},"logprobs":{"top":2,"stage":"processed"},"trace":true}
        """;

    private static readonly DecodingOptions _expected = new()
    {
        Processors = [new FrequencyPresenceOptions { Frequency = 0.5f, Presence = -1 }],
        Sampling = new SamplingOptions { Temperature = 0.7f, TopK = 5, Seed = 9 },
        Budget = new BudgetOptions { MaxForwards = 7, MaxSeconds = 1.5 },
        Logprobs = new LogprobOptions { Top = 2, Stage = LogprobStage.Processed },
        Trace = true,
    };

    public static TheoryData<string, object> Forms => new()
    {
        { "options", _expected },
        { "JSON text", Json },
        { "JSON text with space around", $" \n{Json} " },
        { "JsonElement", JsonDocument.Parse(Json).RootElement },
        { "JsonElement that is a text", JsonSerializer.SerializeToElement(Json) },
        { "JsonNode", JsonNode.Parse(Json)! },
        { "dictionary", Typed() },
        { "dictionary of typed parts", new Dictionary<string, object?>
            {
                ["processors"] = new List<ProcessorOptions> { new FrequencyPresenceOptions { Frequency = 0.5f, Presence = -1 } }, ["sampling"] = _expected.Sampling,
                ["budget"] = _expected.Budget, ["logprobs"] = _expected.Logprobs, ["trace"] = true,
            }
        },
        { "dictionary of JSON parts", JsonDocument.Parse(Json).RootElement.EnumerateObject().ToDictionary(member => member.Name, member => (object)member.Value) },
        { "dictionary of nodes", JsonNode.Parse(Json)!.AsObject().ToDictionary(member => member.Key, member => (object?)member.Value) },
        { "YAML", Yaml() },
        { "additional properties", new AdditionalPropertiesDictionary(Typed()) },
        { "expando", Expando() },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_form_means_the_same(string form, object value)
    {
        var read = DecodingOptions.Read(value);
        Assert.True(_expected == read, $"{form}: {read}");
        read.Validate();
    }

    public static TheoryData<string, object> Shorthands => new()
    {
        { """{"sampling":{"kind":"sample"}}""", "sample" },
        { """{"sampling":{"kind":"sample"}}""", JsonSerializer.SerializeToElement("sample") },
        { """{"sampling":{"kind":"sample"}}""", JsonValue.Create("sample") },
        { """{"sampling":{"kind":"sample"}}""", """{"sampling":"sample"}""" },
        { """{"sampling":{"kind":"sample","seed":3}}""", new SamplingOptions { Seed = 3 } },
        { """{"sampling":{"kind":"sample","seed":3}}""", """{"seed":3,"kind":"sample"}""" },
        { """{"sampling":{"kind":"sample","seed":3}}""", new Dictionary<object, object> { ["seed"] = "3", ["kind"] = "sample" } },
        { """{"processors":[{"kind":"frequency-presence","frequency":0,"presence":0}]}""", "frequency-presence" },
        { """{"processors":[{"kind":"frequency-presence","frequency":0,"presence":0}]}""", """{"processors":"frequency-presence"}""" },
        { """{"processors":[{"kind":"frequency-presence","frequency":0,"presence":1}]}""", """{"processors":{"kind":"frequency-presence","presence":1}}""" },
        { """{"processors":[{"kind":"frequency-presence","frequency":0,"presence":1}]}""", new FrequencyPresenceOptions { Presence = 1 } },
        { """{"processors":[{"kind":"frequency-presence","frequency":0,"presence":1}]}""", new Dictionary<string, object> { ["processors"] = new FrequencyPresenceOptions { Presence = 1 } } },
        { """{"processors":[{"kind":"frequency-presence","frequency":0,"presence":0},{"kind":"frequency-presence","frequency":0,"presence":1}]}""",
            new Dictionary<string, object> { ["processors"] = new object[] { "frequency-presence", new Dictionary<object, object> { ["kind"] = "frequency-presence", ["presence"] = 1 } } } },
        { """{"processors":[]}""", """{"processors":[],"constraints":null}""" },
        { "{}", new Dictionary<string, object?> { ["sampling"] = null, ["trace"] = null } },
        { "{}", "{}" },
    };

    [Theory]
    [MemberData(nameof(Shorthands))]
    public void Short_forms_are_filled_in(string expected, object value) => Assert.Equal(expected, DecodingOptions.Read(value).ToString());

    public static TheoryData<object, string[]> Faults => new()
    {
        { "gready", ["gready", "sampling: ", "sample", "processors: ", "frequency-presence"] },
        { "", ["no strategy \"\""] },
        { """{"kind":"beam-me-up"}""", ["beam-me-up", "sampling: ", "sample"] },
        { """{"sampling":"frequency-presence"}""", ["sampling", "frequency-presence", "sample"] },
        { """{"sampling":{"kind":"Sample"}}""", ["Sample", "Known kinds: ", "sample"] },
        { """{"smapling":"sample"}""", ["smapling", "contrast, processors, constraints, sampling"] },
        { """{"sampling":{"temperature":1}}""", ["sampling has no \"kind\"", "sample"] },
        { """{"sampling":{"kind":"sample","temprature":1}}""", ["sampling", "sample", "temprature", "min_p", "seed", "temperature", "top_k", "top_p"] },
        { """{"sampling":{"kind":"sample","TopK":1}}""", ["TopK", "top_k"] },
        { """{"sampling":{"kind":"sample","top_k":"many"}}""", ["top_k"] },
        { """{"sampling":{"kind":"sample","top_k":1.5}}""", ["top_k"] },
        { """{"sampling":{"kind":"sample","temperature":true}}""", ["temperature"] },
        { """{"sampling":{"kind":"sample","seed":1,"seed":2}}""", ["seed"] },
        { """{"sampling":"sample","sampling":"sample"}""", ["sampling"] },
        { """{"sampling":7}""", ["sampling", "7"] },
        { """{"sampling":["sample"]}""", ["sampling", "object"] },
        { """{"processors":[null]}""", ["processors", "null"] },
        { """{"processors":[["frequency-presence"]]}""", ["processors"] },
        { """{"trace":"perhaps"}""", ["perhaps"] },
        { """{"trace":1}""", ["trace"] },
        { """{"budget":{"max_forward":1}}""", ["max_forward"] },
        { """{"logprobs":{"stage":"later"}}""", ["stage"] },
        { """{"sampling":""", ["not valid JSON"] },
        { "[]", ["[]"] },
        { JsonDocument.Parse("[1]").RootElement, ["object", "[1]"] },
        { JsonDocument.Parse("null").RootElement, ["null"] },
        { default(JsonElement), ["nothing"] },
        { 3, ["Int32", "DecodingOptions"] },
        { new Dictionary<string, object> { ["sampling"] = 3 }, ["sampling", "3"] },
        { new Dictionary<string, object> { ["sampling"] = _expected }, ["sampling"] },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_is_not_known_is_refused_with_what_is(object value, string[] said)
    {
        var message = Assert.ThrowsAny<ArgumentException>(() => DecodingOptions.Read(value)).Message;
        Assert.All(said, part => Assert.Contains(part, message));
    }

    [Fact]
    public void Null_is_refused() => Assert.Throws<ArgumentNullException>("value", () => DecodingOptions.Read(null!));

    [Fact]
    public void Kinds_are_unique_and_kebab_case()
    {
        var kinds = StrategySlot.All.SelectMany(slot => slot.Kinds).ToList();
        Assert.Equal(kinds.Count, kinds.Distinct().Count());
        Assert.All(kinds, kind => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", kind));
        Assert.Equal(["contrast", "processors", "constraints", "sampling", "speculation", "search", "route", "thinking", "cache"], StrategySlot.All.Select(slot => slot.Name));
    }

    private static Dictionary<string, object?> Typed() => new()
    {
        ["processors"] = new object[] { new Dictionary<string, object> { ["kind"] = "frequency-presence", ["frequency"] = 0.5f, ["presence"] = -1 } },
        ["sampling"] = new Dictionary<string, object> { ["kind"] = "sample", ["temperature"] = 0.7f, ["top_k"] = 5L, ["seed"] = 9 },
        ["budget"] = new Dictionary<string, object> { ["max_forwards"] = 7, ["max_seconds"] = 1.5m },
        ["logprobs"] = new Dictionary<string, object> { ["top"] = 2, ["stage"] = LogprobStage.Processed },
        ["trace"] = true,
    };

    // As a YAML reader makes it: objects for keys, texts for scalars.
    private static Dictionary<object, object> Yaml() => new()
    {
        ["processors"] = new List<object> { new Dictionary<object, object> { ["kind"] = "frequency-presence", ["frequency"] = "0.5", ["presence"] = "-1" } },
        ["sampling"] = new Dictionary<object, object> { ["kind"] = "sample", ["temperature"] = "0.7", ["top_k"] = "5", ["seed"] = "9" },
        ["budget"] = new Dictionary<object, object> { ["max_forwards"] = "7", ["max_seconds"] = "1.5" },
        ["logprobs"] = new Dictionary<object, object> { ["top"] = "2", ["stage"] = "processed" },
        ["trace"] = "true",
    };

    private static ExpandoObject Expando()
    {
        var expando = new ExpandoObject();
        foreach (var (key, value) in Typed()) ((IDictionary<string, object?>)expando)[key] = value;
        return expando;
    }
}
