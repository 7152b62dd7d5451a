using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

public class ChatOptionsMapperTests
{
    private static readonly IChatClient _client = null!;
    private static readonly SamplingOptions _defaults = new() { Temperature = 0.7f, TopK = 40, TopP = 0.9f, MinP = 0.05f, Seed = 5 };

    [Fact]
    public void Without_options_the_defaults_hold()
    {
        var request = Map(null);
        Assert.Equal(_defaults, Sampling(request));
        Assert.Equal(int.MaxValue, request.MaxOutputTokens);
        Assert.Empty(request.StopSequences);
        Assert.False(request.DropReasoning);
        Assert.Equal(["add_generation_prompt", "messages"], request.TemplateVariables.Keys.Order());
    }

    [Fact]
    public void Every_sampling_option_is_taken()
    {
        var request = Map(new ChatOptions
        {
            Temperature = 0.1f, TopK = 2, TopP = 0.3f, FrequencyPenalty = 0.4f, PresencePenalty = 0.5f, Seed = 6, MaxOutputTokens = 7,
            StopSequences = ["a", "b"], AdditionalProperties = new() { ["MIN_P"] = 0.8 },
        });
        var expected = new SamplingOptions { Temperature = 0.1f, TopK = 2, TopP = 0.3f, Seed = 6, MinP = 0.8f };
        Assert.Equal(expected, Sampling(request));
        Assert.Equal([new FrequencyPresenceOptions { Frequency = 0.4f, Presence = 0.5f }], request.Plan.Options.Processors!);
        Assert.Equal(7, request.MaxOutputTokens);
        Assert.Equal(["a", "b"], request.StopSequences);
        Assert.Empty(request.IgnoredKeys);
    }

    [Fact]
    public void Raw_options_come_first_and_lists_are_united()
    {
        var own = new LocalGenerationOptions { Temperature = 0, MinP = 0.2f, MaxOutputTokens = 3, StopSequences = ["x"] };
        var request = Map(new ChatOptions
        {
            Temperature = 1, TopK = 9, MaxOutputTokens = 8, StopSequences = ["y"], RawRepresentationFactory = _ => own, AdditionalProperties = new() { ["min_p"] = 0.1f },
        });
        Assert.Equal(_defaults with { Temperature = 0, TopK = 9, MinP = 0.2f }, Sampling(request));
        Assert.Equal(3, request.MaxOutputTokens);
        Assert.Equal(["x", "y"], request.StopSequences);
    }

    [Fact]
    public void Raw_options_without_stop_sequences_add_none() =>
        Assert.Equal(["a"], Map(new ChatOptions { StopSequences = ["a"], RawRepresentationFactory = _ => new LocalGenerationOptions { StopSequences = null! } }).StopSequences);

    [Fact]
    public void Another_clients_raw_options_are_ignored()
        => Assert.Equal(_defaults, Map(new ChatOptions { RawRepresentationFactory = _ => "foreign" }).Plan.Options.Sampling);

    public static TheoryData<object> Numbers => new("0.25", 0.25f, 0.25, 0.25m, JsonDocument.Parse("0.25").RootElement, JsonDocument.Parse("\"0.25\"").RootElement);

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Min_p_is_read_from_whatever_a_prompt_template_delivers(object value)
        => Assert.Equal(0.25f, Map(new ChatOptions { AdditionalProperties = new() { ["min_p"] = value } }).Plan.Options.Sampling is SamplingOptions sampling ? sampling.MinP : null);

    [Fact]
    public void Min_p_that_is_no_number_throws()
    {
        var error = Assert.Throws<ArgumentException>(() => Map(new ChatOptions { AdditionalProperties = new() { ["min_p"] = "much" } }));
        Assert.Contains("much", error.Message);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(ReasoningEffort.None, false, null)]
    [InlineData(ReasoningEffort.Low, true, "low")]
    [InlineData(ReasoningEffort.Medium, true, "medium")]
    [InlineData(ReasoningEffort.High, true, "high")]
    [InlineData(ReasoningEffort.ExtraHigh, true, "high")]
    public void Reasoning_effort_reaches_the_template(ReasoningEffort? effort, bool? thinking, string? name)
    {
        var request = Map(new ChatOptions { Reasoning = new() { Effort = effort } });
        Assert.Equal(thinking, request.TemplateVariables.GetValueOrDefault("enable_thinking"));
        Assert.Equal(name, request.TemplateVariables.GetValueOrDefault("reasoning_effort"));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(ReasoningOutput.Full, false)]
    [InlineData(ReasoningOutput.Summary, false)]
    [InlineData(ReasoningOutput.None, true)]
    public void Reasoning_output_none_drops_it(ReasoningOutput? output, bool dropped)
        => Assert.Equal(dropped, Map(new ChatOptions { Reasoning = new() { Output = output } }).DropReasoning);

    [Fact]
    public void A_stored_conversation_is_refused_by_name()
        => Assert.Contains("ChatOptions.ConversationId", Assert.Throws<NotSupportedException>(() => Map(new ChatOptions { ConversationId = "c" })).Message);

    public static TheoryData<ChatOptions> Harmless => new(
        new ChatOptions { ResponseFormat = ChatResponseFormat.Text },
        new ChatOptions { Tools = [], ToolMode = ChatToolMode.Auto },
        new ChatOptions { Tools = [new HostedWebSearchTool()] },
        new ChatOptions { AllowMultipleToolCalls = true });

    [Theory]
    [MemberData(nameof(Harmless))]
    public void What_asks_for_nothing_special_is_accepted(ChatOptions options) => Assert.Equal(_defaults, Map(options).Plan.Options.Sampling);

    public static TheoryData<string, ChatOptions> OutOfRange => new()
    {
        { "Temperature", new() { Temperature = float.NaN } },
        { "Temperature", new() { Temperature = -1 } },
        { "TopP", new() { TopP = 1.5f } },
        { "TopK", new() { TopK = 0 } },
        { "MinP", new() { AdditionalProperties = new() { ["min_p"] = 2 } } },
        { "Penalty", new() { AdditionalProperties = new() { ["repetition_penalty"] = -1 } } },
        { "Size", new() { AdditionalProperties = new() { ["no_repeat_ngram_size"] = -1 } } },
        { "Frequency", new() { FrequencyPenalty = 3 } },
        { "Presence", new() { PresencePenalty = -3 } },
        { "MaxOutputTokens", new() { MaxOutputTokens = 0 } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void What_is_out_of_range_is_refused_by_name(string name, ChatOptions options)
        => Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => Map(options)).ParamName);

    [Fact]
    public void An_empty_stop_sequence_is_refused()
        => Assert.Throws<ArgumentException>(() => Map(new ChatOptions { StopSequences = ["a", ""] }));

    [Fact]
    public void No_messages_are_refused()
        => Assert.Throws<ArgumentException>(() => ChatOptionsMapper.Map([], null, new(), new PlanContext(), ChatTemplate.Plain, _client));

    [Fact]
    public void Unknown_keys_are_reported_and_ignored()
        => Assert.Equal(["colour"], Map(new ChatOptions { AdditionalProperties = new() { ["colour"] = "red", ["min_p"] = 0 } }).IgnoredKeys);

    [Fact]
    public void The_callers_objects_stay_as_they_are()
    {
        var options = new ChatOptions { Instructions = "i", StopSequences = ["s"], AdditionalProperties = new() { ["min_p"] = 0.1 }, Reasoning = new() { Effort = ReasoningEffort.Low } };
        List<ChatMessage> messages = [new(ChatRole.User, "u")];
        var before = Json(options, messages[0]);
        ChatOptionsMapper.Map(messages, options, new DecodingOptions { Sampling = _defaults }, new PlanContext(), ChatTemplate.Plain, _client);
        Assert.Single(messages);
        Assert.Equal(before, Json(options, messages[0]));
    }

    private static SamplerOptions? Sampling(ChatRequest request) => request.Plan.Options.Sampling;

    private static string Json(ChatOptions options, ChatMessage message)
        => JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions) + JsonSerializer.Serialize(message, AIJsonUtilities.DefaultOptions);

    private static ChatRequest Map(ChatOptions? options) => ChatOptionsMapper.Map([new ChatMessage(ChatRole.User, "Hi")], options, new DecodingOptions { Sampling = _defaults }, new PlanContext(), ChatTemplate.Plain, _client);
}
