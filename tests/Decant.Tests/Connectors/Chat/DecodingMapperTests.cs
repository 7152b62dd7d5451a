using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Who wins where a call says something twice: raw options, the additional property, ChatOptions' members, the client's defaults.</summary>
public class DecodingMapperTests
{
    private static readonly SamplingOptions _defaults = new() { Temperature = 0.7f, TopK = 40, Seed = 5 };

    [Fact]
    public void Slot_by_slot_the_first_that_says_something_counts()
    {
        var raw = new DecodingOptions { Budget = new() { MaxForwards = 1 } };
        var call = new DecodingOptions { Budget = new() { MaxForwards = 2 }, Logprobs = new() { Top = 2 } };
        var defaults = new DecodingOptions { Budget = new() { MaxForwards = 3 }, Logprobs = new() { Top = 3 }, Trace = true, Sampling = _defaults };
        var mapped = Map(call, raw: new() { Decoding = raw }, defaults: defaults);
        Assert.Equal(new DecodingOptions { Budget = raw.Budget, Logprobs = call.Logprobs, Trace = true, Sampling = _defaults }, mapped);
    }

    [Fact]
    public void Plain_sampling_is_put_together_member_by_member()
    {
        var mapped = Map(
            new() { Sampling = new SamplingOptions { TopP = 0.3f, TopK = 3, MinP = 0.3f } },
            new() { TopP = 0.4f, TopK = 4, Temperature = 0.4f, AdditionalProperties = new() { ["min_p"] = 0.4 } },
            new() { Decoding = new() { Sampling = new SamplingOptions { MinP = 0.1f } }, MinP = 0.2f, TopP = 0.2f },
            new() { Sampling = new SamplingOptions { Temperature = 0.5f, TopK = 5, TopP = 0.5f, MinP = 0.5f, Seed = 5 } });
        Assert.Equal(new SamplingOptions { MinP = 0.1f, TopP = 0.2f, TopK = 3, Temperature = 0.4f, Seed = 5 }, mapped.Sampling);
    }

    [Theory]
    [InlineData(1L, 2L, 3L, 4L, 5L, 1L)]
    [InlineData(null, 2L, 3L, 4L, 5L, 2L)]
    [InlineData(null, null, 3L, 4L, 5L, 3L)]
    [InlineData(null, null, null, 4L, 5L, 4L)]
    [InlineData(null, null, null, null, 5L, 5L)]
    [InlineData(null, null, null, null, null, null)]
    public void The_first_seed_counts_whatever_the_kinds(long? rawSlot, long? raw, long? call, long? member, long? defaults, long? expected)
    {
        foreach (var (one, two) in ((Func<long?, SamplerOptions>, Func<long?, SamplerOptions>)[])[(Plain, Plain), (Other, Plain), (Plain, Other), (Other, Other)])
        {
            var mapped = Map(
                new() { Sampling = two(call) }, new() { Seed = member },
                new() { Decoding = rawSlot is null ? null : new() { Sampling = one(rawSlot) }, Seed = raw },
                new() { Sampling = one(defaults) });
            Assert.Equal(expected, mapped.Sampling!.Seed);
            Assert.Equal(member ?? 7, Map(null, new() { Seed = member }, null, new() { Sampling = one(7) }).Sampling!.Seed);
        }

        static SamplerOptions Plain(long? seed) => new SamplingOptions { Seed = seed };
        static SamplerOptions Other(long? seed) => new OtherSampler { Seed = seed };
    }

    [Fact]
    public void Members_turn_a_default_of_another_kind_off_but_a_seed_does_not()
    {
        var defaults = new DecodingOptions { Sampling = new OtherSampler { Seed = 1 } };
        Assert.Equal(new SamplingOptions { TopK = 3, Seed = 1 }, Map(null, new() { TopK = 3 }, null, defaults).Sampling);
        Assert.Equal(new SamplingOptions { Temperature = 0, Seed = 1 }, Map(null, null, new() { Temperature = 0 }, defaults).Sampling);
        Assert.Equal(new OtherSampler { Seed = 2 }, Map(null, new() { Seed = 2 }, null, defaults).Sampling);
        Assert.Equal(new OtherSampler { Seed = 1 }, Map(null, null, null, defaults).Sampling);
    }

    [Fact]
    public void A_default_of_another_kind_than_the_calls_leaves_only_its_seed()
    {
        Assert.Equal(new OtherSampler { Seed = 5 }, Map(new() { Sampling = new OtherSampler() }, null, null, new() { Sampling = _defaults }).Sampling);
        Assert.Equal(new SamplingOptions { TopP = 0.5f, Seed = 1 }, Map(new() { Sampling = new SamplingOptions { TopP = 0.5f } }, null, null, new() { Sampling = new OtherSampler { Seed = 1, Heat = 3 } }).Sampling);
    }

    [Fact]
    public void A_sampler_of_another_kind_takes_the_members_it_has_and_refuses_the_others()
    {
        var call = new DecodingOptions { Sampling = new OtherSampler() };
        Assert.Equal(new OtherSampler { Heat = 0.5f }, Map(call, new() { Temperature = 0.5f }).Sampling);
        Assert.Equal(new OtherSampler { Heat = 0.25f }, Map(call, new() { Temperature = 0.5f }, new() { Temperature = 0.25f }).Sampling);
        var error = Assert.Throws<ArgumentException>(() => Map(call, new() { TopK = 3 }));
        Assert.Contains("other", error.Message);
        Assert.Contains("TopK", error.Message);
    }

    [Fact]
    public void Penalties_join_the_default_processors()
    {
        var bias = new FrequencyPresenceOptions { Frequency = 1, Presence = 2 };
        Assert.Equal([new FrequencyPresenceOptions { Frequency = 0.5f, Presence = 2 }], Map(null, new() { FrequencyPenalty = 0.5f }, null, new() { Processors = [bias] }).Processors!);
        Assert.Equal([new FrequencyPresenceOptions { Presence = 0.5f }], Map(null, new() { PresencePenalty = 0.1f }, new() { PresencePenalty = 0.5f }).Processors!);
        Assert.Equal([new FrequencyPresenceOptions { Presence = 0.5f }], Map(new() { Processors = [] }, new() { PresencePenalty = 0.5f }, null, new() { Processors = [bias] }).Processors!);
        Assert.Equal([], Map(new() { Processors = [] }, null, null, new() { Processors = [bias] }).Processors!);
        Assert.Null(Map(null, new() { TopK = 1 }).Processors);
    }

    public static TheoryData<string, ChatOptions?, LocalGenerationOptions?> Twice => new()
    {
        { "ChatOptions.FrequencyPenalty", new() { FrequencyPenalty = 1 }, null },
        { "ChatOptions.PresencePenalty", new() { PresencePenalty = 0 }, null },
        { "LocalGenerationOptions.FrequencyPenalty", new() { PresencePenalty = 1 }, new() { FrequencyPenalty = 1 } },
        { "LocalGenerationOptions.PresencePenalty", null, new() { PresencePenalty = 1 } },
    };

    [Theory]
    [MemberData(nameof(Twice))]
    public void Penalties_given_twice_are_refused_naming_both(string name, ChatOptions? options, LocalGenerationOptions? raw)
    {
        var error = Assert.Throws<ArgumentException>(() => Map(new() { Processors = [new FrequencyPresenceOptions { Presence = 1 }] }, options, raw));
        Assert.Contains(name, error.Message);
        Assert.Contains("frequency-presence", error.Message);
        Assert.Throws<ArgumentException>(() => Map(null, options, (raw ?? new()) with { Decoding = new() { Processors = [new FrequencyPresenceOptions()] } }));
    }

    [Fact]
    public void Hugging_faces_settings_become_processors_in_place_of_the_defaults()
    {
        var defaults = new DecodingOptions { Processors = [new RepetitionPenaltyOptions { Penalty = 1.1f }, new NoRepeatNgramOptions { Size = 4 }] };
        ChatOptions Set(string key, object value) => new() { AdditionalProperties = new() { [key] = value } };
        Assert.Equal([new RepetitionPenaltyOptions { Penalty = 1.3f, Window = int.MaxValue }], Map(null, Set("repetition_penalty", "1.3")).Processors!);
        Assert.Equal([new NoRepeatNgramOptions { Size = 3 }, new RepetitionPenaltyOptions { Penalty = 1.1f }], Map(null, Set("No_Repeat_Ngram_Size", 3.0), null, defaults).Processors!);
        Assert.Equal([new NoRepeatNgramOptions { Size = 4 }], Map(null, Set("repetition_penalty", 1), null, defaults).Processors!);
        Assert.Equal([new RepetitionPenaltyOptions { Penalty = 1.1f }], Map(null, Set("no_repeat_ngram_size", 0), null, defaults).Processors!);
        Assert.Contains("whole number", Assert.Throws<ArgumentException>(() => Map(null, Set("no_repeat_ngram_size", 2.5))).Message);
        var error = Assert.Throws<ArgumentException>(() => Map(defaults, Set("repetition_penalty", 1.2)));
        Assert.Contains("repetition_penalty", error.Message);
        Assert.Contains("repetition-penalty", error.Message);
    }

    [Fact]
    public void Json_null_is_nothing()
    {
        var options = new ChatOptions { AdditionalProperties = new() { ["decoding"] = System.Text.Json.JsonDocument.Parse("null").RootElement, ["documents"] = System.Text.Json.JsonDocument.Parse("null").RootElement, ["min_p"] = System.Text.Json.JsonDocument.Parse("null").RootElement } };
        Assert.Equal(new SamplingOptions(), Map(null, options).Sampling);
        Assert.Null(options.GetDecoding());
        Assert.Empty(options.GetDocuments());
        Assert.Null(new ChatOptions { AdditionalProperties = new() { ["decoding"] = null } }.GetDecoding());
    }

    [Fact]
    public void The_key_is_found_in_any_case() => Assert.Equal(DecodingOptions.Read("sample"), new ChatOptions { AdditionalProperties = new() { ["Decoding"] = "sample" } }.GetDecoding());

    [Fact]
    public void WithDecoding_changes_and_returns_the_same_options_of_the_same_type()
    {
        var options = new Derived();
        Derived same = options.WithDecoding(new SamplingOptions { TopK = 1 });
        Assert.Same(options, same);
        Assert.Equal(new DecodingOptions { Sampling = new SamplingOptions { TopK = 1 } }, options.GetDecoding());
        Assert.Equal(new DecodingOptions { Trace = true }, options.WithDecoding(decoding => decoding.Trace()).GetDecoding());
        Assert.Equal(_defaults, options.WithDecoding(new DecodingOptions { Sampling = _defaults }).GetDecoding()!.Sampling);
        Assert.Throws<ArgumentNullException>(() => options.WithDecoding((DecodingOptions)null!));
        Assert.Throws<ArgumentNullException>(() => options.WithDecoding((Strategy)null!));
        Assert.Throws<ArgumentNullException>(() => options.WithDecoding((Action<DecodingOptionsBuilder>)null!));
        Assert.Throws<ArgumentNullException>(() => ((ChatOptions)null!).WithDecoding(_defaults));
        Assert.Throws<ArgumentNullException>(() => ((ChatOptions)null!).GetDecoding());
    }

    private static DecodingOptions Map(DecodingOptions? call, ChatOptions? options = null, LocalGenerationOptions? raw = null, DecodingOptions? defaults = null)
    {
        options = options?.Clone() ?? new ChatOptions();
        if (call is not null) options.WithDecoding(call);
        if (raw is not null) options.RawRepresentationFactory = _ => raw;
        return ChatOptionsMapper.Map([new ChatMessage(ChatRole.User, "Hi")], options, defaults ?? new(), new PlanContext(), ChatTemplate.Plain, null!).Plan.Options;
    }

    private sealed class Derived : ChatOptions;

    /// <summary>A sampler that knows a temperature under another name and no truncation.</summary>
    private sealed record OtherSampler : SamplerOptions
    {
        public override string Kind => "other";

        public float? Heat { get; init; }

        public override SamplerOptions Complete(SamplingOptions members) => members.TopK is null
            ? this with { Heat = Heat ?? members.Temperature, Seed = Seed ?? members.Seed }
            : throw new ArgumentException("The sampler \"other\" has no use for TopK.");

        public override ISampler Compile(PlanContext context) => new SamplingOptions { Temperature = Heat }.Compile(context);
    }
}
