using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Options;

/// <summary>Options are data: equal by value, one JSON whoever writes it, complete on the way back.</summary>
public class DecodingOptionsTests
{
    private static readonly DecodingOptions _some = new() { Processors = [new FrequencyPresenceOptions { Presence = 1 }], Sampling = new SamplingOptions { Temperature = 0.7f }, Trace = true };

    public static TheoryData<string, JsonSerializerOptions> Serializers => new()
    {
        { "default", JsonSerializerOptions.Default },
        { "web", JsonSerializerOptions.Web },
        { "caches", AIJsonUtilities.DefaultOptions },
        { "own naming", new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseUpper, WriteIndented = true } },
    };

    [Theory]
    [MemberData(nameof(Serializers))]
    public void Every_serializer_writes_the_same_and_reads_it_back(string name, JsonSerializerOptions serializer)
    {
        var options = StrategySamples.Kinds.Aggregate(new DecodingOptions(), (all, kind) => DecodingOptions.Read(StrategySamples.Of(kind).Changed).Or(all)) with
        {
            Processors = [.. StrategySamples.Kinds.Select(kind => StrategySamples.Of(kind).Changed).OfType<ProcessorOptions>()],
            Budget = new BudgetOptions { MaxForwards = 3, MaxSeconds = 0.5 }, Logprobs = new LogprobOptions { Top = 3, Stage = LogprobStage.Drawn }, Trace = false, ConstrainReasoning = true,
        };
        var json = JsonSerializer.Serialize(options, serializer);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(options.ToString()), JsonNode.Parse(json)), $"{name}: {json}");
        Assert.Equal(options, JsonSerializer.Deserialize<DecodingOptions>(json, serializer));
        Assert.Equal(options, DecodingOptions.Read(JsonSerializer.SerializeToElement<object>(options, serializer)));
        Assert.ThrowsAny<Exception>(() => JsonSerializer.Deserialize<DecodingOptions>("""{"smapling":"sample"}""", serializer));
        Assert.ThrowsAny<Exception>(() => JsonSerializer.Deserialize<DecodingOptions>("""{"budget":{"max_token":1}}""", serializer));
        Assert.Equal(new DecodingOptions { Trace = true, Budget = new BudgetOptions { MaxForwards = 2 } }, JsonSerializer.Deserialize<DecodingOptions>("""{"trace":"true","budget":{"max_forwards":"2"}}""", serializer));
    }

    [Fact]
    public void What_is_unset_is_not_written() => Assert.Equal("{}", new DecodingOptions().ToString());

    [Fact]
    public void Lists_are_compared_by_their_items()
    {
        Assert.Equal(_some, _some with { Processors = [new FrequencyPresenceOptions { Presence = 1 }] });
        Assert.NotEqual(_some, _some with { Processors = [new FrequencyPresenceOptions { Presence = 2 }] });
        Assert.NotEqual(_some, _some with { Processors = [.. _some.Processors!, .. _some.Processors!] });
        Assert.NotEqual(_some with { Processors = [] }, _some with { Processors = null });
    }

    [Fact]
    public void A_slot_that_is_set_wins_and_one_that_is_not_is_taken_over()
    {
        var call = new DecodingOptions { Sampling = new SamplingOptions { TopK = 3 }, Processors = [], Trace = false };
        var defaults = _some with { Budget = new BudgetOptions { MaxForwards = 5 }, Logprobs = new LogprobOptions { Top = 1 } };
        Assert.Equal(defaults with { Sampling = call.Sampling, Processors = [], Trace = false }, call.Or(defaults));
        Assert.Same(call, call.Or(null));
        Assert.Equal(defaults, new DecodingOptions().Or(defaults));
        foreach (var member in Settable(typeof(DecodingOptions)))
            Assert.True(member.GetValue(_everySlot) is { } value && Equals(value, member.GetValue(new DecodingOptions().Or(_everySlot))), $"Or forgets {member.Name}.");
    }

    [Fact]
    public void The_builder_fills_the_slot_it_names()
    {
        var built = new DecodingOptionsBuilder()
            .Contrast(new OtherContrast()).Process(new FrequencyPresenceOptions()).Process(new FrequencyPresenceOptions { Presence = 1 }).Constrain(new OtherConstraint())
            .Sample(new SamplingOptions { TopK = 9 }).Sample(new SamplingOptions { TopK = 2 }).Speculate(new OtherSpeculation()).Search(new OtherSearch()).Route(new OtherRoute())
            .Think(new OtherThinking()).Cache(new OtherCache()).Budget(maxForwards: 3).Logprobs(2, LogprobStage.Drawn).Trace().ConstrainReasoning().Build();
        Assert.Equal(_everySlot with
        {
            Processors = [new FrequencyPresenceOptions(), new FrequencyPresenceOptions { Presence = 1 }], Sampling = new SamplingOptions { TopK = 2 },
            Budget = new BudgetOptions { MaxForwards = 3 }, Logprobs = new LogprobOptions { Top = 2, Stage = LogprobStage.Drawn },
        }, built);
        Assert.Equal(new DecodingOptions(), new DecodingOptionsBuilder().Build());
        Assert.Throws<ArgumentNullException>(() => new DecodingOptionsBuilder().Process(null!));
        Assert.Throws<ArgumentNullException>(() => new DecodingOptionsBuilder().Constrain(null!));
    }

    [Fact]
    public void A_strategy_outside_the_list_has_its_slot_but_no_json()
    {
        foreach (var strategy in _everySlot.Strategies) Assert.Equal([strategy], DecodingOptions.Read(strategy).Strategies);
        Assert.Contains(nameof(OtherSearch), Assert.Throws<NotSupportedException>(() => DecodingOptions.Read(new OtherSearch()).ToString()).Message);
        Assert.Contains(nameof(Homeless), Assert.Throws<ArgumentException>(() => DecodingOptions.Read(new Homeless())).Message);
    }

    public static TheoryData<string, DecodingOptions> OutOfRange => new()
    {
        { "Temperature", new() { Sampling = new SamplingOptions { Temperature = -1 } } },
        { "Presence", new() { Processors = [new FrequencyPresenceOptions(), new FrequencyPresenceOptions { Presence = 3 }] } },
        { "MaxForwards", new() { Budget = new() { MaxForwards = 0 } } },
        { "MaxSeconds", new() { Budget = new() { MaxSeconds = 0 } } },
        { "MaxSeconds", new() { Budget = new() { MaxSeconds = double.NaN } } },
        { "Top", new() { Logprobs = new() { Top = -1 } } },
        { "Top", new() { Logprobs = new() { Top = 101 } } },
        { "Stage", new() { Logprobs = new() { Stage = (LogprobStage)9 } } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Ranges_are_checked_by_name(string member, DecodingOptions options)
        => Assert.Equal(member, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);

    private static readonly DecodingOptions _everySlot = new()
    {
        Contrast = new OtherContrast(), Processors = [new FrequencyPresenceOptions()], Constraints = [new OtherConstraint()], Sampling = new SamplingOptions(), Speculation = new OtherSpeculation(),
        Search = new OtherSearch(), Route = new OtherRoute(), Thinking = new OtherThinking(), Cache = new OtherCache(), Budget = new(), Logprobs = new(), Trace = true, ConstrainReasoning = true,
    };

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(member => member.CanWrite);

    private sealed record OtherContrast : ContrastOptions
    {
        public override string Kind => "other-contrast";

        public override ILogitPolicy Compile(PlanContext context) => throw new NotSupportedException();
    }

    private sealed record OtherConstraint : ConstraintOptions
    {
        public override string Kind => "other-constraint";

        public override IConstraint Compile(PlanContext context) => throw new NotSupportedException();
    }

    private sealed record OtherSearch : SearchOptions
    {
        public override string Kind => "other-search";

        public override ISearch Compile(PlanContext context) => throw new NotSupportedException();
    }

    [Fact]
    public void A_slot_that_nothing_reads_yet_is_refused_by_name()
        => Assert.Contains("other-cache", Assert.Throws<NotSupportedException>(() => DecodingPlan.Compile(new DecodingOptions { Cache = new OtherCache() })).Message);

    private sealed record OtherSpeculation : SpeculationOptions
    {
        public override string Kind => "other-speculation";

        public override IDrafter Compile(PlanContext context) => throw new NotSupportedException();
    }

    private sealed record OtherRoute : RouteOptions
    {
        public override string Kind => "other-route";

        public override IRoute Compile(PlanContext context) => throw new NotSupportedException();
    }

    private sealed record OtherThinking : ThinkingOptions
    {
        public override string Kind => "other-thinking";

        public override ThinkingScript Compile(PlanContext context) => throw new NotSupportedException();
    }

    private sealed record OtherCache : CacheOptions
    {
        public override string Kind => "other-cache";
    }

    private sealed record Homeless : Strategy
    {
        public override string Kind => "homeless";
    }
}
