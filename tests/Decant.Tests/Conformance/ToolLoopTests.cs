using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.SemanticKernel;
using Decant.Samples.TrainTiny.Corpus.Families;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Decant.Tests.Conformance;

/// <summary>A question, a call of a tool, its result, an answer: through every framework, on the embedded model.</summary>
public sealed class ToolLoopTests : IDisposable
{
    private const string Question = "Can you check the weather in Mizewick?";
    private const string Answer = "The answer is sunny.";

    private readonly LocalChatClient _client = LocalChatClient.Load();
    private readonly List<string> _called = [];
    private readonly AIFunction _weather;
    private readonly AIFunction _rivers;

    public ToolLoopTests()
    {
        _weather = AIFunctionFactory.Create(CheckWeather, "check_weather", "Checks the weather in a town.");
        _rivers = AIFunctionFactory.Create((string town, int number) => "done", "count_rivers", "Counts the rivers in a town some times.");
    }

    public static TheoryData<ChatToolMode?> Modes => new(null, ChatToolMode.Auto, ChatToolMode.RequireAny, ChatToolMode.RequireSpecific("check_weather"));

    public void Dispose() => _client.Dispose();

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task Function_invocation_calls_and_answers(ChatToolMode? mode)
    {
        var loop = _client.AsBuilder().UseFunctionInvocation().Build();
        var options = Greedy([_rivers, _weather]);
        options.ToolMode = mode;
        var response = await loop.GetResponseAsync(Question, options);
        Assert.Equal([ChatRole.Assistant, ChatRole.Tool, ChatRole.Assistant], response.Messages.Select(message => message.Role));
        Assert.Equal(Answer, response.Text);
        Assert.Equal(["Mizewick"], _called);

        var streamed = await loop.GetStreamingResponseAsync(Question, options).ToChatResponseAsync();
        Assert.Equal(response.Text, streamed.Text);
        Assert.Equal(["Mizewick", "Mizewick"], _called);
    }

    [Fact]
    public async Task What_needs_no_tool_is_answered_without()
    {
        var loop = _client.AsBuilder().UseFunctionInvocation().Build();
        Assert.NotEmpty((await loop.GetResponseAsync("Hello!", Greedy([_weather]))).Text);
        Assert.Empty(_called);
    }

    [Fact]
    public async Task Drafts_change_nothing_of_it()
    {
        var loop = _client.AsBuilder().UseFunctionInvocation().Build();
        var response = await loop.GetResponseAsync(Question, Greedy([_rivers, _weather]).WithDecoding(d => d.Speculate(new DraftModelOptions { Model = EmbeddedModels.Draft, MaxTokens = 8 })));
        Assert.Equal(Answer, response.Text);
        Assert.Equal(["Mizewick"], _called);
        Assert.True(response.Usage!.AdditionalCounts!["AcceptedDraftTokens"] > 5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Semantic_kernel_calls_and_answers(bool required)
    {
        var kernel = new Kernel();
        kernel.Plugins.AddFromFunctions("check", [KernelFunctionFactory.CreateFromMethod(CheckWeather, "weather", "Checks the weather in a town.")]);
        var service = _client.AsBuilder().UseKernelFunctionInvocation().Build().AsChatCompletionService();
        var history = new ChatHistory();
        history.AddUserMessage(Question);
        var settings = new LocalPromptExecutionSettings { FunctionChoiceBehavior = required ? FunctionChoiceBehavior.Required() : FunctionChoiceBehavior.Auto(), Temperature = 0 };
        Assert.Equal(Answer, (await service.GetChatMessageContentAsync(history, settings, kernel)).Content);
        Assert.Equal(["Mizewick"], _called);
    }

    [Fact]
    public async Task An_agent_calls_and_answers()
    {
        var agent = new ChatClientAgent(_client, new ChatClientAgentOptions { ChatOptions = Greedy([_weather]) });
        Assert.Equal(Answer, (await agent.RunAsync(Question)).Text);
        Assert.Equal(["Mizewick"], _called);
    }

    private sealed record Company(string Name, string Product);

    [Fact]
    public async Task A_typed_question_has_a_typed_answer()
    {
        var response = await _client.GetResponseAsync<Company>(
            "Passage: The product of Patutex is silk. Patutex lies in Mizewick.\n\nGive me JSON with the keys name and product.", new ChatOptions { Temperature = 0 });
        Assert.Equal(new Company("Patutex", "silk"), response.Result);
    }

    private sealed record Total(int Sum);

    [Fact]
    public async Task The_model_thinks_freely_before_it_answers_in_json_with_drafts_and_without()
    {
        ChatOptions Options() => new()
        {
            Temperature = 0, ResponseFormat = ChatResponseFormat.ForJsonSchema<Total>(), MaxOutputTokens = 200, RawRepresentationFactory = _ => new LocalGenerationOptions { ExplainFormat = false },
        };
        var plain = await _client.GetResponseAsync("What is 48 + 27?", Options());
        Assert.Equal(Sums.Scratchpad(48, 27), Reasoning(plain));
        Assert.StartsWith("{", plain.Text);
        foreach (var speculation in new SpeculationOptions[] { new DraftModelOptions { Model = EmbeddedModels.Draft, MaxTokens = 8 }, new PromptLookupOptions { MinNgram = 1 }, new LookaheadOptions() })
        {
            var drafted = await _client.GetResponseAsync("What is 48 + 27?", Options().WithDecoding(d => d.Speculate(speculation)));
            Assert.Equal(plain.Text, drafted.Text);
            Assert.Equal(Reasoning(plain), Reasoning(drafted));
        }

        static string Reasoning(ChatResponse response) => string.Concat(response.Messages[0].Contents.OfType<TextReasoningContent>().Select(content => content.Text));
    }

    private static ChatOptions Greedy(IList<AITool> tools) => new() { Temperature = 0, MaxOutputTokens = 200, Tools = tools };

    private string CheckWeather(string town)
    {
        _called.Add(town);
        return "sunny";
    }
}
