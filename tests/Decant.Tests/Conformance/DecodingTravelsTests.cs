using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.SemanticKernel;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Decant.Tests.Conformance;

/// <summary>Whatever stands between a program and the client hands the way of decoding on: the answer shows it.</summary>
public sealed class DecodingTravelsTests : IDisposable
{
    private const string Question = "Hi";

    private const string Json = """{"processors":[{"kind":"frequency-presence","presence":2}],"sampling":{"kind":"sample","temperature":1.5,"seed":11}}""";

    private static readonly DecodingOptions _one = DecodingOptions.Read(Json);
    private static readonly DecodingOptions _two = _one with { Sampling = new SamplingOptions { Temperature = 1.5f, Seed = 2 } };

    private readonly LocalChatClient _client = TestChat.Client(TestChat.Babbler());

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Each_slot_shows_in_the_answer()
    {
        DecodingOptions[] ways = [_one, _two, _one with { Processors = null }, new() { Sampling = new SamplingOptions { Temperature = 0 } }, _one with { Sampling = new SamplingOptions { Seed = 11 } }];
        var answers = await Task.WhenAll(ways.Select(Direct));
        Assert.True(answers.Distinct().Count() == ways.Length, string.Join(" | ", answers));
    }

    [Fact]
    public async Task Through_a_clone() => await AssertIsOneAsync(await Answer(_client, new ChatOptions().WithDecoding(_one).Clone()));

    [Fact]
    public async Task Through_ConfigureOptions()
    {
        using var client = _client.AsBuilder().ConfigureOptions(options => options.WithDecoding(_one)).Build();
        await AssertIsOneAsync(await Answer(client, null));
        await AssertIsOneAsync(await Answer(client, new ChatOptions().WithDecoding(_two)));
    }

    [Fact]
    public async Task Through_function_invocation()
    {
        using var client = _client.AsBuilder().UseFunctionInvocation().Build();
        var tool = AIFunctionFactory.Create(() => 1, "one");
        ChatOptions Options(DecodingOptions decoding) => new ChatOptions { Tools = [tool], ToolMode = ChatToolMode.None }.WithDecoding(decoding);
        Assert.Equal(await Answer(_client, Options(_one)), await Answer(client, Options(_one)));
        Assert.NotEqual(await Answer(_client, Options(_two)), await Answer(client, Options(_one)));
    }

    [Fact]
    public async Task Through_a_typed_request()
    {
        // The format alone is taken away: a text in JSON is one that the babbler never ends.
        using var client = _client.AsBuilder().ConfigureOptions(options => options.ResponseFormat = null).Build();
        var response = await client.GetResponseAsync<string>(Question, new ChatOptions().WithDecoding(_one));
        await AssertIsOneAsync(response.Text);
    }

    [Fact]
    public async Task Through_json()
    {
        var json = JsonSerializer.Serialize(new ChatOptions().WithDecoding(_one).WithDocuments([]), AIJsonUtilities.DefaultOptions);
        var options = JsonSerializer.Deserialize<ChatOptions>(json, AIJsonUtilities.DefaultOptions)!;
        Assert.IsType<JsonElement>(options.AdditionalProperties!["decoding"]);
        Assert.Equal(_one, options.GetDecoding());
        await AssertIsOneAsync(await Answer(_client, options));
    }

    [Fact]
    public async Task Through_semantic_kernel_settings_with_a_record() => await AssertIsOneAsync(await Answer(Extension(_one)));

    [Fact]
    public async Task Through_a_clone_of_frozen_semantic_kernel_settings()
    {
        var settings = Extension(_one);
        settings.Freeze();
        await AssertIsOneAsync(await Answer(settings.Clone()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_a_kernel_prompt(bool asChatClient)
    {
        var kernel = Kernel(asChatClient);
        await AssertIsOneAsync((await kernel.InvokePromptAsync<string>(Question, new KernelArguments(Extension(_one))))!);
        await AssertIsOneAsync((await kernel.InvokePromptAsync<string>(Question, new KernelArguments(new LocalPromptExecutionSettings { Decoding = _one })))!);
    }

    [Fact]
    public async Task Through_both_bridges()
    {
        var service = new Forwarding(_client.AsChatCompletionService());
        using var client = service.AsChatClient();
        await AssertIsOneAsync(await Answer(client, new ChatOptions().WithDecoding(_one)));
        Assert.True(service.Calls > 0);
    }

    [Fact]
    public async Task Through_local_settings() => await AssertIsOneAsync(await Answer(new LocalPromptExecutionSettings { Decoding = _one, TopK = 200 }));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Through_a_json_prompt_template(bool asChatClient)
    {
        var config = PromptTemplateConfig.FromJson($$"""{"template":"{{Question}}","execution_settings":{"default":{"max_tokens":100,"decoding":{{Json}}} } }""");
        await AssertIsOneAsync((await Kernel(asChatClient).InvokeAsync<string>(KernelFunctionFactory.CreateFromPrompt(config)))!);
    }

    [Fact]
    public async Task Through_the_dictionaries_of_a_yaml_prompt() => await AssertIsOneAsync(await Answer(Extension(new Dictionary<object, object>
    {
        ["processors"] = new List<object> { new Dictionary<object, object> { ["kind"] = "frequency-presence", ["presence"] = "2" } },
        ["sampling"] = new Dictionary<object, object> { ["kind"] = "sample", ["temperature"] = "1.5", ["seed"] = "11" },
    })));

    [Fact]
    public async Task Through_an_agent_and_a_run_of_it_the_run_wins()
    {
        ChatClientAgent Agent(DecodingOptions decoding) => new(_client, new ChatClientAgentOptions { ChatOptions = new ChatOptions().WithDecoding(decoding) });
        await AssertIsOneAsync((await Agent(_one).RunAsync(Question)).Text);
        await AssertIsOneAsync((await Agent(_one).RunAsync(Question, options: new ChatClientAgentRunOptions(new ChatOptions { TopK = 200 }))).Text);
        await AssertIsOneAsync((await Agent(_two).RunAsync(Question, options: new ChatClientAgentRunOptions(new ChatOptions().WithDecoding(_one)))).Text);
    }

    [Fact]
    public async Task Through_a_response_cache_which_tells_two_ways_apart()
    {
        var cache = new DictionaryCache();
        using var client = _client.AsBuilder().UseDistributedCache(cache).Build();
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(await Direct(_one), await Answer(client, new ChatOptions().WithDecoding(_one)));
            Assert.Equal(await Direct(_two), await Answer(client, new ChatOptions().WithDecoding(_two)));
        }

        Assert.Equal(2, cache.Count);
        await Answer(client, new ChatOptions().WithDecoding(DecodingOptions.Read(Json)));
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public async Task Through_telemetry_which_can_read_it()
    {
        using var activities = new RecordedActivities();
        using var client = _client.AsBuilder().UseOpenTelemetry(sourceName: activities.Source, configure: telemetry => telemetry.EnableSensitiveData = true).Build();
        await AssertIsOneAsync(await Answer(client, new ChatOptions().WithDecoding(_one)));
        Assert.Contains(activities.Ended.Single().TagObjects, tag => tag.Value?.ToString() == _one.ToString());
    }

    [Fact]
    public async Task The_callers_options_stay_as_they_are()
    {
        var options = new ChatOptions { Temperature = 1 }.WithDecoding(_one).WithDocuments([new ChatDocument("A passage.")]);
        var before = JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions);
        await _client.GetResponseAsync(Question, options);
        Assert.Equal(before, JsonSerializer.Serialize(options, AIJsonUtilities.DefaultOptions));
        Assert.Same(_one, options.AdditionalProperties!["decoding"]);
    }

    private static async Task<string> Answer(IChatClient client, ChatOptions? options) => (await client.GetResponseAsync(Question, options)).Text;

    private async Task<string> Answer(PromptExecutionSettings settings) => (await _client.AsChatCompletionService().GetChatMessageContentAsync(Question, settings, new Kernel())).Content!;

    private Task<string> Direct(DecodingOptions decoding) => Answer(_client, new ChatOptions().WithDecoding(decoding));

    private async Task AssertIsOneAsync(string answer) => Assert.Equal(await Direct(_one), answer);

    private static PromptExecutionSettings Extension(object decoding) => new() { ExtensionData = new Dictionary<string, object> { ["decoding"] = decoding } };

    private Kernel Kernel(bool asChatClient)
    {
        var builder = Microsoft.SemanticKernel.Kernel.CreateBuilder();
        if (asChatClient) builder.Services.AddSingleton<IChatClient>(_client);
        else builder.Services.AddSingleton(_client.AsChatCompletionService());
        return builder.Build();
    }

    /// <summary>Hides that the service is a chat client, so that the bridge back is a real one.</summary>
    private sealed class Forwarding(IChatCompletionService inner) : IChatCompletionService
    {
        public int Calls { get; private set; }

        public IReadOnlyDictionary<string, object?> Attributes => inner.Attributes;

        public Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
            ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            return inner.GetChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken);
        }

        public IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
            ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
        {
            Calls++;
            return inner.GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken);
        }
    }
}
