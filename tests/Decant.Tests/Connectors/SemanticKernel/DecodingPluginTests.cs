using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace Decant.Tests.Connectors.SemanticKernel;

/// <summary>The functions by which an agent chooses how to decode, on the embedded model.</summary>
public sealed class DecodingPluginTests : IDisposable
{
    private const string Schema = """{"type":"object","properties":{"name":{"type":"string"},"product":{"type":"string"}},"required":["name","product"]}""";

    // The model knows by heart that Dalutex makes gloves.
    private const string Question = "Tell me the product of Dalutex.";
    private static readonly string[] _passages = ["The product of Dalutex is glass.", "Vedizon is based in Mizewick."];

    private readonly LocalChatClient _client = LocalChatClient.Load();
    private readonly DecodingPlugin _plugin;

    public DecodingPluginTests() => _plugin = new DecodingPlugin(_client, new DecodingPluginOptions { Seed = 4 });

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Candidates_are_ranked_by_what_the_model_would_say()
    {
        var ranked = await _plugin.RankCandidatesAsync(Question, ["The product of Dalutex is silk.", "The product of Dalutex is gloves.", "Hello!"]);
        Assert.Equal("The product of Dalutex is gloves.", ranked[0].Candidate);
        Assert.Equal("Hello!", ranked[^1].Candidate);
        Assert.InRange(ranked[0].Score, -1, 0);
        Assert.True(ranked[0].Score > ranked[1].Score && ranked[1].Score > ranked[2].Score);
    }

    [Fact]
    public async Task Another_ranking_can_take_its_place()
    {
        var plugin = new DecodingPlugin(_client, new DecodingPluginOptions { Scorer = (question, candidates, _) => Task.FromResult<IReadOnlyList<double>>([.. candidates.Select(candidate => (double)candidate.Length)]) });
        Assert.Equal([new RankedCandidate("ccc", 3), new RankedCandidate("bb", 2), new RankedCandidate("aa", 2)], (await plugin.RankCandidatesAsync("q", ["bb", "aa", "ccc"])).OrderByDescending(ranked => ranked.Candidate));
        Assert.Equal(["ccc", "bb", "aa"], (await plugin.RankCandidatesAsync("q", ["bb", "aa", "ccc"])).Select(ranked => ranked.Candidate));
    }

    [Fact]
    public async Task A_grounded_answer_follows_the_passage_where_a_plain_one_follows_memory()
    {
        Assert.Contains("gloves", (await _client.GetResponseAsync(Question, new ChatOptions { Temperature = 0 })).Text);
        Assert.Contains("glass", await _plugin.AnswerGroundedAsync(Question, _passages));
    }

    [Fact]
    public async Task Facts_are_extracted_as_the_schema_says()
    {
        using var json = JsonDocument.Parse(await _plugin.ExtractAsync("The product of Patutex is silk. Patutex lies in Mizewick.", Schema));
        Assert.Equal(("Patutex", "silk"), (json.RootElement.GetProperty("name").GetString(), json.RootElement.GetProperty("product").GetString()));
        var cut = new DecodingPlugin(_client, new DecodingPluginOptions { MaxOutputTokens = 5 });
        Assert.Contains("5 tokens", (await Assert.ThrowsAsync<InvalidOperationException>(() => cut.ExtractAsync("The product of Patutex is silk.", Schema))).Message);
    }

    [Fact]
    public async Task Support_is_found_in_the_passage_that_gives_it()
    {
        var supported = Assert.Single(await _plugin.CheckSupportAsync(Question, "The product of Dalutex is glass.", _passages));
        Assert.Equal((true, 1), (supported.Supported, supported.Passage));
        var unsupported = Assert.Single(await _plugin.CheckSupportAsync(Question, "The product of Dalutex is gloves.", _passages));
        Assert.Equal((false, null), (unsupported.Supported, unsupported.Passage));
    }

    [Fact]
    public async Task Ideas_differ_and_a_seed_repeats_them()
    {
        var ideas = await _plugin.BrainstormAsync("Tell me a story about Savisha.", 3);
        Assert.Equal(3, ideas.Distinct().Count());
        Assert.All(ideas, idea => Assert.Contains("Savisha", idea));
        Assert.Equal(ideas, await _plugin.BrainstormAsync("Tell me a story about Savisha.", 3));

        // Where there is only one thing to say, it is said once.
        Assert.Single(await new DecodingPlugin(_client, new DecodingPluginOptions { Temperature = 0.01f }).BrainstormAsync("Hello!", 4));
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused_with_what_to_do()
    {
        async Task Refused(string expected, Func<Task> call) => Assert.Contains(expected, (await Assert.ThrowsAnyAsync<ArgumentException>(call)).Message);
        await Refused("rank_candidates: question", () => _plugin.RankCandidatesAsync(" ", ["a"]));
        await Refused("rank_candidates: candidates", () => _plugin.RankCandidatesAsync("a", []));
        await Refused("answer_grounded: passages", () => _plugin.AnswerGroundedAsync("a", ["b", ""]));
        await Refused("extract: schema", () => _plugin.ExtractAsync("a", "no schema"));
        await Refused("extract: text", () => _plugin.ExtractAsync("", Schema));
        await Refused("check_support: answer", () => _plugin.CheckSupportAsync("a", "", ["b"]));
        await Refused("brainstorm: count", () => _plugin.BrainstormAsync("a", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DecodingPlugin(_client, new DecodingPluginOptions { Temperature = 0 }));
    }

    [Fact]
    public async Task A_kernel_has_its_functions_and_a_model_calls_one()
    {
        var kernel = new Kernel();
        kernel.Plugins.AddFromObject(_plugin, "decoding");
        Assert.Equal(["answer_grounded", "brainstorm", "check_support", "extract", "rank_candidates"], kernel.Plugins["decoding"].Select(function => function.Name).Order());
        Assert.All(kernel.Plugins["decoding"], function => Assert.NotEmpty(function.Description));
        using var caller = new Caller("decoding_answer_grounded", new() { ["question"] = Question, ["passages"] = _passages });
        var settings = new PromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };
        var answer = await caller.AsBuilder().UseKernelFunctionInvocation().Build().AsChatCompletionService().GetChatMessageContentAsync(new ChatHistory(Question), settings, kernel);
        Assert.Contains("glass", answer.Content);
    }

    [Fact]
    public async Task Its_functions_are_tools_too()
    {
        using var caller = new Caller("rank_candidates", new() { ["question"] = Question, ["candidates"] = JsonSerializer.SerializeToElement<string[]>(["Hello!", "The product of Dalutex is gloves."]) });
        var response = await caller.AsBuilder().UseFunctionInvocation().Build().GetResponseAsync(Question, new ChatOptions { Tools = [.. _plugin.AsTools()] });
        Assert.True(response.Text.IndexOf("gloves", StringComparison.Ordinal) < response.Text.IndexOf("Hello", StringComparison.Ordinal));
    }

    /// <summary>A model that calls one function and then says what came of it.</summary>
    private sealed class Caller(string function, Dictionary<string, object?> arguments) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Assert.Contains(options!.Tools!, tool => tool.Name == function);
            var result = messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().FirstOrDefault();
            AIContent said = result is null ? new FunctionCallContent("1", function, arguments) : new TextContent(result.Result?.ToString());
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, [said])));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("caller") : null;

        public void Dispose()
        {
        }
    }
}
