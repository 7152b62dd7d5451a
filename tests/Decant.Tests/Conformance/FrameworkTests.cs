using Decant.Connectors.Chat;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Decant.Tests.Conformance;

/// <summary>Semantic Kernel, Agent Framework and dependency injection run on the client as on any other.</summary>
public class FrameworkTests
{
    [Fact]
    public async Task A_semantic_kernel_chat_service_answers_and_reports_usage()
    {
        using var client = TestChat.Client(TestChat.Scripted("Hello there"));
        var service = client.AsChatCompletionService();
        var history = new ChatHistory("Be brief.");
        history.AddUserMessage("Hi");
        var answer = await service.GetChatMessageContentAsync(history);
        Assert.Equal("Hello there", answer.Content);
        var usage = Assert.IsType<UsageDetails>(answer.Metadata!["Usage"]);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
        Assert.IsType<GenerationStatistics>(answer.Metadata[GenerationStatistics.PropertyName]);
    }

    [Fact]
    public async Task A_kernel_prompt_passes_its_settings()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton(client.AsChatCompletionService());
        var kernel = builder.Build();
        async Task<string> Ask(int seed, int tokens) => (await kernel.InvokePromptAsync<string>("Say something.", new KernelArguments(new PromptExecutionSettings
        {
            ExtensionData = new Dictionary<string, object> { ["seed"] = seed, ["max_tokens"] = tokens, ["temperature"] = 1.0 },
        })))!;

        var first = await Ask(1, 12);
        Assert.Equal(first, await Ask(1, 12));
        Assert.NotEqual(first, await Ask(2, 12));
        Assert.StartsWith(await Ask(1, 3), first);
        Assert.Equal(3, (await Ask(1, 3)).Length);
    }

    [Fact]
    public async Task Settings_semantic_kernel_does_not_know_arrive_too()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var kernel = new Kernel();
        async Task<string> Ask(string minP) => (await client.AsChatCompletionService().GetChatMessageContentAsync("Hi", new PromptExecutionSettings
        {
            ExtensionData = new Dictionary<string, object> { ["seed"] = 1, ["min_p"] = minP },
        }, kernel)).Content!;

        Assert.Equal((await client.GetResponseAsync("Hi", new ChatOptions { Temperature = 0 })).Text, await Ask("1"));
        Assert.NotEqual(await Ask("1"), await Ask("0"));
    }

    [Fact]
    public async Task Streaming_through_semantic_kernel_gives_the_same_text()
    {
        using var client = TestChat.Client(TestChat.Scripted("one two three"));
        var text = "";
        await foreach (var update in client.AsChatCompletionService().GetStreamingChatMessageContentsAsync("Hi")) text += update.Content;
        Assert.Equal("one two three", text);
    }

    [Fact]
    public async Task An_agent_holds_two_turns()
    {
        using var client = TestChat.Client(TestChat.Scripted("Hello"));
        var agent = new ChatClientAgent(client, instructions: "You are brief.", name: "brief");
        var session = await agent.CreateSessionAsync();
        Assert.Equal("Hello", (await agent.RunAsync("Hi", session)).Text);
        var second = await agent.RunAsync("Again", session);
        Assert.Equal("Hello", second.Text);
        Assert.True(second.Usage!.CachedInputTokenCount > 0);
    }

    [SkippableFact]
    public async Task A_registered_client_loads_on_demand()
    {
        var services = new ServiceCollection();
        services.AddKeyedLocalChatClient("tiny", TestData.Path("weights/stories260K-hf"));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredKeyedService<IChatClient>("tiny");
        var response = await client.GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 5 });
        Assert.Equal(5, response.Usage!.OutputTokenCount);
        Assert.NotNull(client.GetService<LocalChatClient>());
    }
}
