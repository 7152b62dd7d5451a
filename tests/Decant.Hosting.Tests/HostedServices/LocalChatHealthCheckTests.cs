using System.Diagnostics;
using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Hosting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Decant.Tests.Hosting;

public class LocalChatHealthCheckTests
{
    [Fact]
    public async Task A_model_is_healthy_before_it_is_asked_for_and_when_it_answers_and_degraded_between()
    {
        var services = new ServiceCollection();
        services.AddKeyedLocalChatClient("small", EmbeddedModels.Draft);
        services.AddHealthChecks().AddLocalChatClient(serviceKey: "small", tags: ["ready"]);
        await using var provider = services.AddLogging().BuildServiceProvider();
        var readiness = provider.GetRequiredKeyedService<ModelReadiness>("small");
        Assert.Equal(HealthStatus.Healthy, (await Check(provider)).Status);
        Assert.Equal(0, provider.GetRequiredService<ModelPool>().Count);

        readiness.Enter(ModelState.Loading);
        ((IProgress<double>)readiness).Report(0.25);
        var loading = await Check(provider);
        Assert.Equal(HealthStatus.Degraded, loading.Status);
        Assert.Equal(("Loading", 0.25), (loading.Data["state"], loading.Data["progress"]));
        readiness.Enter(ModelState.WarmingUp);
        Assert.Equal(HealthStatus.Degraded, (await Check(provider)).Status);

        await provider.GetRequiredKeyedService<IChatClient>("small").GetResponseAsync("Hello!", new ChatOptions { MaxOutputTokens = 1 });
        var ready = await Check(provider);
        Assert.Contains(ready.Status, (HealthStatus[])[HealthStatus.Healthy, HealthStatus.Degraded]);
        Assert.All((string[])["state", "runningCalls", "queuedCalls", "kvTokensInUse", "memory"], key => Assert.Contains(key, ready.Data));
        Assert.Equal(["ready"], ready.Tags);
    }

    [Fact]
    public async Task A_load_that_failed_is_unhealthy_until_one_succeeds()
    {
        using var folder = new ModelFolder(EmbeddedModels.Draft);
        var weights = folder.Hide("model.safetensors");
        var services = new ServiceCollection();
        services.AddLocalChatClient(folder.Path);
        services.AddHealthChecks().AddLocalChatClient().AddLocalChatClient("soft", failureStatus: HealthStatus.Degraded);
        await using var provider = services.AddLogging().BuildServiceProvider();
        Assert.Throws<FileNotFoundException>(() => provider.GetRequiredService<IChatClient>());
        var failed = await Check(provider);
        Assert.Equal(HealthStatus.Unhealthy, failed.Status);
        Assert.IsType<FileNotFoundException>(failed.Exception);
        Assert.Equal(HealthStatus.Degraded, (await Check(provider, "soft")).Status);

        weights.Dispose();
        provider.GetRequiredService<IChatClient>();
        Assert.NotEqual(HealthStatus.Unhealthy, (await Check(provider)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_engine_that_hangs_or_fails_is_unhealthy(bool fails)
    {
        var services = new ServiceCollection();
        services.AddLocalChatClient(EmbeddedModels.Draft);
        using var stuck = new StuckModel(fails);
        using var client = new LocalChatClient(stuck, TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Draft)), ChatTemplate.Plain);
        services.AddSingleton<IChatClient>(client);
        services.AddHealthChecks().AddLocalChatClient(probeTimeout: TimeSpan.FromMilliseconds(50));
        await using var provider = services.AddLogging().BuildServiceProvider();
        provider.GetRequiredService<ModelReadiness>().Enter(ModelState.Ready);
        var result = await Check(provider);
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("does not answer", result.Description);
        if (fails) Assert.Contains("broken", result.Description);
        else Assert.IsType<TimeoutException>(result.Exception);
    }

    [Theory]
    [InlineData(0, 100, 0.5, HealthStatus.Healthy)]
    [InlineData(89, 100, 0.5, HealthStatus.Healthy)]
    [InlineData(90, 100, 0.5, HealthStatus.Degraded)]
    [InlineData(90, null, 0.5, HealthStatus.Healthy)]
    [InlineData(0, 100, 0.95, HealthStatus.Degraded)]
    [InlineData(0, null, 0.95, HealthStatus.Degraded)]
    public void Little_memory_left_is_degraded(long held, int? budget, double memory, HealthStatus expected)
    {
        var data = new Dictionary<string, object>();

        // What the prefix cache holds it gives up.
        var load = new ClientLoad { KvTokensInUse = held + 10, PrefixCacheTokens = 10, KvTokenBudget = budget };
        Assert.Equal(expected, LocalChatHealthCheck.Judge(load, memory, data).Status);
        Assert.Equal((held + 10, memory), (data["kvTokensInUse"], data["memory"]));
    }

    [Fact]
    public async Task A_client_that_is_not_registered_is_named()
    {
        var services = new ServiceCollection();
        services.AddHealthChecks().AddLocalChatClient(serviceKey: "nobody");
        await using var provider = services.AddLogging().BuildServiceProvider();
        var result = await Check(provider);
        Assert.Equal(HealthStatus.Unhealthy, result.Status);
        Assert.Contains("\"nobody\"", result.Exception!.Message);
        Assert.Throws<ArgumentException>("name", () => services.AddHealthChecks().AddLocalChatClient(""));
        Assert.Throws<ArgumentOutOfRangeException>("probeTimeout", () => services.AddHealthChecks().AddLocalChatClient(probeTimeout: TimeSpan.Zero));
    }

    private static async Task<HealthReportEntry> Check(IServiceProvider provider, string name = "local-chat")
        => (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[name];

    /// <summary>A model whose forwards do not end, or fail.</summary>
    private sealed class StuckModel(bool fails) : ICausalModel, ISequence
    {
        public ModelInfo Info { get; } = new("stuck", 1000, 1, 1, 1, 100, ModelCapabilities.None);

        public ICausalModel Model => this;

        public int Length => 0;

        public ISequence OpenSequence() => this;

        public async ValueTask<ForwardResult> ForwardAsync(ForwardInput input, CancellationToken cancellationToken = default)
        {
            if (fails) throw new InvalidOperationException("broken");
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new UnreachableException();
        }

        public ValueTask<ForwardResult[]> ForwardAsync(ReadOnlyMemory<SequenceForward> batch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public void Truncate(int length)
        {
        }

        public void Commit(ReadOnlySpan<int> path)
        {
        }

        public ISequence Fork() => throw new NotSupportedException();

        public void Export(Stream destination) => throw new NotSupportedException();

        public void Import(Stream source) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
