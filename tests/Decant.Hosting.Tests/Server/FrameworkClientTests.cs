using System.ClientModel;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using OpenAI;

namespace Decant.Tests.Hosting.Server;

/// <summary>The OpenAI connectors of Microsoft.Extensions.AI and Semantic Kernel, against the embedded model: what they send is understood.</summary>
public sealed class FrameworkClientTests : IAsyncLifetime
{
    private const string WeatherQuestion = "Can you check the weather in Mizewick?";

    private ServerHost _host = null!;

    public async Task InitializeAsync() => _host = await ServerHost.StartAsync(ServerHost.Tiny);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private OpenAIClient Client => new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = _host.OpenAi });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Microsoft_Extensions_AI_invokes_functions(bool streams)
    {
        var asked = new List<string>();
        var weather = AIFunctionFactory.Create(
            (string town) =>
            {
                asked.Add(town);
                return "sunny";
            },
            new AIFunctionFactoryOptions { Name = "check_weather", Description = "Checks the weather in a town.", MarshalResult = (result, _, _) => ValueTask.FromResult(result) });
        using var client = Client.GetChatClient(ServerHost.Model).AsIChatClient().AsBuilder().UseFunctionInvocation().Build();
        var options = new ChatOptions { Temperature = 0, Seed = 3, TopP = 0.9f, MaxOutputTokens = 60, StopSequences = ["###"], Tools = [weather] };
        var response = streams ? await client.GetStreamingResponseAsync(WeatherQuestion, options).ToChatResponseAsync() : await client.GetResponseAsync(WeatherQuestion, options);
        Assert.Equal(["Mizewick"], asked);
        Assert.Contains("sunny", response.Text);
        Assert.True(response.Usage!.InputTokenCount > 0);
    }

    [Fact]
    public async Task Microsoft_Extensions_AI_reads_typed_answers()
    {
        using var client = Client.GetChatClient(ServerHost.Model).AsIChatClient();
        var company = await client.GetResponseAsync<Company>("Passage: The product of Patutex is silk.\n\nGive me JSON with the keys name and product.", new ChatOptions { Temperature = 0 });
        Assert.Equal(new Company("Patutex", "silk"), company.Result);
    }

    [Fact]
    public async Task Semantic_Kernel_streams_and_calls_functions()
    {
        var kernel = Kernel.CreateBuilder().AddOpenAIChatCompletion(ServerHost.Model, _host.OpenAi, "any").Build();
        kernel.Plugins.AddFromFunctions("weather", [KernelFunctionFactory.CreateFromMethod((string town) => "sunny", "check_weather", "Checks the weather in a town.")]);
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        var history = new ChatHistory("You are brief.");
        history.AddUserMessage("Where does Savisha live?");
        var settings = new OpenAIPromptExecutionSettings
        {
            Temperature = 0, TopP = 0.9, MaxTokens = 40, FrequencyPenalty = 0.1, PresencePenalty = 0.1, Seed = 1, StopSequences = ["###"], User = "somebody", Logprobs = true, TopLogprobs = 2,
            TokenSelectionBiases = new Dictionary<int, int> { [5] = -1 }, Store = false, Metadata = new Dictionary<string, string> { ["a"] = "b" },
        };
        var text = "";
        await foreach (var update in chat.GetStreamingChatMessageContentsAsync(history, settings, kernel)) text += update.Content;
        Assert.NotEqual("", text.Trim());

        var answer = await chat.GetChatMessageContentAsync(WeatherQuestion, new OpenAIPromptExecutionSettings { Temperature = 0, FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() }, kernel);
        Assert.Contains("sunny", answer.Content);
    }

    private sealed record Company(string Name, string Product);
}
