using System.Numerics.Tensors;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.SemanticKernel;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Decant.Tests.Hosting;

/// <summary>Kernels with local models.</summary>
public class SemanticKernelTests
{
    private const string Question = "Can you check the weather in Mizewick?";
    private const string Answer = "The answer is sunny.";
    private readonly List<string> _towns = [];

    [Fact]
    public async Task Chat_completion_invokes_the_kernels_functions()
    {
        var kernel = Build(builder => builder.AddLocalChatCompletion(EmbeddedModels.Tiny));
        var service = kernel.GetRequiredService<IChatCompletionService>();
        var history = new ChatHistory();
        history.AddUserMessage(Question);
        Assert.Equal(Answer, (await service.GetChatMessageContentAsync(history, Settings(), kernel)).Content);
        Assert.Equal(["Mizewick"], _towns);

        // The rest of the kernel uses it as well.
        Assert.Equal(Answer, (await kernel.InvokePromptAsync<string>(Question, new KernelArguments(Settings())))!);
        Assert.Equal(["Mizewick", "Mizewick"], _towns);
    }

    [Fact]
    public async Task A_chat_client_invokes_the_kernels_functions()
    {
        var kernel = Build(builder => builder.AddLocalChatClient(EmbeddedModels.Tiny));
        Assert.Equal(Answer, await kernel.InvokePromptAsync<string>(Question, new KernelArguments(Settings())));
        Assert.Equal(["Mizewick"], _towns);
    }

    [Fact]
    public async Task Prompts_choose_a_model_by_service_id_and_models_are_shared()
    {
        var kernel = Build(builder => builder
            .AddLocalChatCompletion(EmbeddedModels.Polite, "polite")
            .AddLocalChatCompletion(settings => (settings.ModelFolder, settings.Client) = (EmbeddedModels.Polite, new LocalChatClientOptions { ModelId = "other" }), "other"));
        foreach (var id in (string[])["polite", "other"])
        {
            var content = await kernel.GetRequiredService<IChatCompletionService>(id).GetChatMessageContentAsync("Hello!", new LocalPromptExecutionSettings { MaxTokens = 3 });
            Assert.Equal(id == "polite" ? EmbeddedModels.Polite : id, content.ModelId);
        }

        Assert.Equal(1, kernel.Services.GetRequiredService<ModelPool>().Count);
    }

    [Fact]
    public async Task An_embedding_generator_shares_the_chat_model()
    {
        var kernel = Build(builder => builder.AddLocalChatClient(EmbeddedModels.Tiny).AddLocalEmbeddingGenerator(EmbeddedModels.Tiny).AddLocalEmbeddingGenerator(EmbeddedModels.Draft, "small"));
        var generator = kernel.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var vectors = await generator.GenerateAsync(["What is 58 + 67?", "What is 12 + 33?", "Tell me a story about Savisha."]);
        Assert.True(TensorPrimitives.Dot(vectors[0].Vector.Span, vectors[1].Vector.Span) > TensorPrimitives.Dot(vectors[0].Vector.Span, vectors[2].Vector.Span));
        Assert.Same(kernel.GetRequiredService<IChatClient>().GetService<ICausalModel>(), generator.GetService<ICausalModel>());
        Assert.NotSame(generator, kernel.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>("small"));
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentNullException>("builder", () => ((IKernelBuilder)null!).AddLocalChatClient("folder"));
        Assert.Throws<ArgumentNullException>("builder", () => ((IKernelBuilder)null!).AddLocalChatCompletion("folder"));
        Assert.Throws<ArgumentNullException>("builder", () => ((IKernelBuilder)null!).AddLocalEmbeddingGenerator("folder"));
    }

    private static LocalPromptExecutionSettings Settings() => new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto(), Temperature = 0 };

    private Kernel Build(Func<IKernelBuilder, IKernelBuilder> add)
    {
        var kernel = add(Kernel.CreateBuilder()).Build();
        kernel.Plugins.AddFromFunctions("check", [KernelFunctionFactory.CreateFromMethod(CheckWeather, "weather", "Checks the weather in a town.")]);
        return kernel;
    }

    private string CheckWeather(string town)
    {
        _towns.Add(town);
        return "sunny";
    }
}
