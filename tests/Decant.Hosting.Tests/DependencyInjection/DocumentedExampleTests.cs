using System.Text;
using Decant.Connectors.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.SemanticKernel;

namespace Decant.Tests.Hosting;

/// <summary>The examples of docs/hosting.md, as they stand there.</summary>
public class DocumentedExampleTests
{
    private const string Json = """
        { "Chat": { "ModelFolder": "decant-tiny", "Warmup": "AtStart", "ShutdownTimeout": "00:00:20",
                    "Client": { "MaxRunningCalls": 8, "DefaultDecoding": { "sampling": { "kind": "sample", "temperature": 0.7 } } } } }
        """;

    [Fact]
    public async Task A_host_with_two_models_embeddings_warm_up_and_health()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json)));
        builder.Services.AddLocalChatClient(builder.Configuration.GetSection("Chat")).UseOpenTelemetry();
        builder.Services.AddKeyedLocalChatClient("small", "decant-tiny-draft").UseFunctionInvocation();
        builder.Services.AddLocalEmbeddingGenerator("decant-tiny");
        builder.Services.AddReward("short", _ => new ShortAnswers());
        builder.Services.AddLocalModelWarmup();
        builder.Services.AddHealthChecks().AddLocalChatClient().AddLocalChatClient("small-chat", serviceKey: "small");
        using var host = builder.Build();
        await host.StartAsync();

        var services = host.Services;
        Assert.NotEmpty((await services.GetRequiredService<IChatClient>().GetResponseAsync("Where does Savisha live?")).Text);
        Assert.NotEmpty((await services.GetRequiredKeyedService<IChatClient>("small").GetResponseAsync("Where does Savisha live?")).Text);
        Assert.Single(await services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateAsync(["Where does Savisha live?"]));
        Assert.Equal(["local-chat", "small-chat"], (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries.Keys.Order());
        await host.StopAsync();
    }

    [Fact]
    public async Task A_kernel_with_a_function()
    {
        var kernel = Kernel.CreateBuilder().AddLocalChatCompletion("decant-tiny").AddLocalEmbeddingGenerator("decant-tiny").Build();
        kernel.Plugins.AddFromFunctions("check", [KernelFunctionFactory.CreateFromMethod((string town) => "sunny", "weather", "Checks the weather in a town.")]);
        var settings = new LocalPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), Temperature = 0 };
        Assert.Equal("The answer is sunny.", (await kernel.InvokePromptAsync("Can you check the weather in Mizewick?", new(settings))).ToString());
    }

    private sealed class ShortAnswers : IReward
    {
        public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
            => new([.. candidates.Select(candidate => -(double)candidate.Text.Length)]);
    }
}
