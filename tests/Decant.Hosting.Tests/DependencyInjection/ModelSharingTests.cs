using System.Numerics.Tensors;
using System.Text;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Embeddings;
using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Decant.Tests.Hosting;

/// <summary>Several models in one container: clients, drafts and embedding generators.</summary>
public class ModelSharingTests
{
    [Fact]
    public async Task Clients_share_a_draft_that_is_loaded_once_and_freed_with_the_last()
    {
        var services = new ServiceCollection();
        services.AddKeyedLocalChatClient("one", EmbeddedModels.Tiny);
        services.AddKeyedLocalChatClient("two", settings => (settings.ModelFolder, settings.Client) = (EmbeddedModels.Tiny, new() { ModelId = "second" }));
        services.AddLocalChatClient(EmbeddedModels.Draft);
        services.AddLocalEmbeddingGenerator(EmbeddedModels.Draft);
        services.AddKeyedLocalEmbeddingGenerator("last", settings => (settings.ModelFolder, settings.Generator) = (EmbeddedModels.Tiny, new() { Pooling = EmbeddingPooling.Last }));
        ModelPool pool;
        await using (var provider = services.BuildServiceProvider())
        {
            pool = provider.GetRequiredService<ModelPool>();
            Assert.Equal(0, pool.Count);
            var drafted = new ChatOptions { Temperature = 0, MaxOutputTokens = 20 }.WithDecoding(new DecodingOptions { Speculation = new DraftModelOptions { Model = EmbeddedModels.Draft } });
            var clients = ((string[])["one", "two"]).Select(key => provider.GetRequiredKeyedService<IChatClient>(key)).ToList();
            Assert.Equal(1, pool.Count);
            var answers = await Task.WhenAll(clients.Select(client => client.GetResponseAsync("Where does Savisha live?", drafted)));
            Assert.Equal(answers[0].Text, answers[1].Text);
            Assert.Equal(2, pool.Count);
            var own = provider.GetRequiredService<IChatClient>().GetService<ICausalModel>();
            Assert.Same(own, provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetService<ICausalModel>());
            Assert.Same(clients[0].GetService<ICausalModel>(), provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("last").GetService<ICausalModel>());
            Assert.Equal(2, pool.Count);
        }

        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public async Task Served_models_are_known_by_their_id_key_or_folder()
    {
        var services = new ServiceCollection();
        services.AddLocalChatClient(Path.Combine(EmbeddedModels.Folder(EmbeddedModels.Draft), "."));
        services.AddKeyedLocalChatClient("small", EmbeddedModels.Plain);
        services.AddKeyedLocalChatClient("polite", settings => (settings.ModelFolder, settings.Client) = (EmbeddedModels.Polite, new() { ModelId = "kind" }));
        services.AddKeyedLocalChatClient("small", EmbeddedModels.Draft);
        services.AddLocalEmbeddingGenerator(EmbeddedModels.Plain);
        services.AddKeyedLocalEmbeddingGenerator("rag", EmbeddedModels.Plain);
        await using var provider = services.BuildServiceProvider();
        Assert.Equal([new(EmbeddedModels.Draft, null), new("small", "small"), new("kind", "polite")], provider.GetServices<ServedModel>());
        Assert.Equal([new(EmbeddedModels.Plain, null), new("rag", "rag")], provider.GetServices<ServedEmbeddingModel>());

        // Registered again: the later client counts.
        Assert.Equal(EmbeddedModels.Draft, provider.GetRequiredKeyedService<IChatClient>("small").GetService<ChatClientMetadata>()!.DefaultModelId);
    }

    [Fact]
    public async Task A_section_describes_an_embedding_generator()
    {
        const string Json = """{"Embed":{"ModelFolder":"decant-tiny-draft","Generator":{"ModelId":"mine","Pooling":"Weighted","MaxTokens":4,"TruncatesLongTexts":true,"Normalizes":false,"Cpu":{"Threads":1}}}}""";
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(Json)));
        builder.Services.AddLocalEmbeddingGenerator(builder.Configuration.GetSection("Embed"));
        builder.Services.AddKeyedLocalEmbeddingGenerator("again", builder.Configuration.GetSection("Embed"));
        using var host = builder.Build();
        await host.StartAsync();
        foreach (var key in (string?[])[null, "again"])
        {
            var embeddings = await host.Services.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(key).GenerateAsync(["Tell me a long story about Savisha."]);
            Assert.Equal(4, embeddings.Usage!.InputTokenCount);
            Assert.Equal("mine", embeddings[0].ModelId);
            Assert.NotEqual(1, TensorPrimitives.Norm(embeddings[0].Vector.Span), 1e-3);
        }

        await host.StopAsync();
    }

    public static TheoryData<string, string[]> Faults => new()
    {
        { """{"Embed":{"ModelFolder":"no/such/folder"}}""", ["LocalEmbeddingGeneratorSettings.ModelFolder", "no/such/folder"] },
        { """{"Embed":{"ModelFolder":"decant-tiny","Generator":{"MaxTokens":0}}}""", ["LocalEmbeddingGeneratorSettings.Generator", "MaxTokens"] },
        { """{"Embed":{"ModelFolder":"decant-tiny","Generator":{"Pooling":"Most"}}}""", ["Embed", "Pooling"] },
        { """{"Embed":{"ModelFolder":"decant-tiny","Generator":{"Poling":"Mean"}}}""", ["Embed", "Poling"] },
        { """{"Embed":{"ModelFolder":"decant-tiny","Warmup":7}}""", ["LocalEmbeddingGeneratorSettings.Warmup", "AtStart"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","Warmup":7}}""", ["LocalChatClientSettings.Warmup", "AtStart"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","ShutdownTimeout":"00:00:30"}}""", ["LocalChatClientSettings.ShutdownTimeout", "HostOptions.ShutdownTimeout, 00:00:30"] },
        { """{"Chat":{"ModelFolder":"decant-tiny","ShutdownTimeout":"-00:00:01"}}""", ["LocalChatClientSettings.ShutdownTimeout"] },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_cannot_be_read_stops_the_host_by_name(string json, string[] said)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        if (json.Contains("Embed", StringComparison.Ordinal)) builder.Services.AddLocalEmbeddingGenerator(builder.Configuration.GetSection("Embed"));
        else builder.Services.AddLocalChatClient(builder.Configuration.GetSection("Chat"));
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.All(said, part => Assert.Contains(part, error.Message));
    }

    [Fact]
    public void Arguments_are_checked()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>("configure", () => services.AddLocalEmbeddingGenerator((Action<LocalEmbeddingGeneratorSettings>)null!));
        Assert.Throws<ArgumentNullException>("section", () => services.AddLocalEmbeddingGenerator((IConfigurationSection)null!));
        Assert.Throws<ArgumentException>("serviceKey", () => services.AddKeyedLocalEmbeddingGenerator("", "folder"));
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddLocalEmbeddingGenerator("folder"));
    }
}
