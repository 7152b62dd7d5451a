using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Hosting;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Decant.Tests.Hosting;

public class AddLocalChatClientTests
{
    [SkippableFact]
    public async Task The_settings_middleware_and_logger_are_used_and_the_container_disposes_the_client()
    {
        using var logger = new RecordingLogger();
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(logger);
        services.AddLocalChatClient(settings =>
        {
            settings.ModelFolder = TestData.Path("weights/stories260K-hf");
            settings.Client = new LocalChatClientOptions { ModelId = "tiny", Cpu = new CpuModelOptions { Weights = WeightFormat.Int8, Threads = 1 } };
        }).UseLogging();

        IChatClient client;
        await using (var provider = services.BuildServiceProvider())
        {
            client = provider.GetRequiredService<IChatClient>();
            Assert.Same(client, provider.GetRequiredService<IChatClient>());
            var response = await client.GetResponseAsync("Once", new ChatOptions { MaxOutputTokens = 3, ModelId = "other" });
            Assert.Equal("tiny", response.ModelId);
            Assert.Contains(logger.Records, record => record.Message.Contains("other", StringComparison.Ordinal));
            Assert.Contains(logger.Records, record => record.Message.Contains("GetResponseAsync completed", StringComparison.Ordinal));
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("Once"));
    }

    [SkippableFact]
    public async Task Keyed_clients_have_their_own_settings()
    {
        var folder = TestData.Path("weights/stories260K-hf");
        var services = new ServiceCollection();
        services.AddKeyedLocalChatClient("one", folder);
        services.AddKeyedLocalChatClient("two", settings => (settings.ModelFolder, settings.Client) = (folder, new LocalChatClientOptions { ModelId = "second" }));
        await using var provider = services.BuildServiceProvider();
        Assert.Equal("stories260K-hf", provider.GetRequiredKeyedService<IChatClient>("one").GetService<ChatClientMetadata>()!.DefaultModelId);
        Assert.Equal("second", provider.GetRequiredKeyedService<IChatClient>("two").GetService<ChatClientMetadata>()!.DefaultModelId);
        Assert.Null(provider.GetService<IChatClient>());
    }

    [Fact]
    public async Task A_missing_folder_is_found_when_the_host_starts()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddLocalChatClient("no/such/folder");
        using var host = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains("LocalChatClientSettings.ModelFolder", error.Message);
        Assert.Contains("no/such/folder", error.Message);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        var services = new ServiceCollection();
        Assert.Throws<ArgumentNullException>("configure", () => services.AddLocalChatClient((Action<LocalChatClientSettings>)null!));
        Assert.Throws<ArgumentException>("serviceKey", () => services.AddKeyedLocalChatClient("", "folder"));
        Assert.Throws<ArgumentNullException>("services", () => ((IServiceCollection)null!).AddLocalChatClient("folder"));
    }
}
