using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Hosting;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Hosting;

public class ModelWarmupTests
{
    [Fact]
    public async Task Models_are_loaded_at_start_and_run_once_where_it_is_asked_for()
    {
        using var logger = new RecordingLogger();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ILoggerFactory>(logger);
        builder.Services.AddLocalChatClient(settings => (settings.ModelFolder, settings.Warmup) = (EmbeddedModels.Draft, ModelWarmup.AtStart));
        builder.Services.AddKeyedLocalChatClient("lazy", EmbeddedModels.Plain);
        using var host = builder.Build();
        await host.StartAsync();
        await WarmedUpAsync(host);
        Assert.Equal((ModelState.Ready, 1), (Readiness(host).State, Readiness(host).Progress));
        Assert.Equal(ModelState.NotLoaded, Readiness(host, "lazy").State);
        Assert.Equal(1, host.Services.GetRequiredService<ModelPool>().Count);
        Assert.Equal(["Loading.", "Ready.", "WarmingUp.", "Ready."], States(logger, EmbeddedModels.Draft));

        await host.Services.GetRequiredKeyedService<IChatClient>("lazy").GetResponseAsync("Hello!", new ChatOptions { MaxOutputTokens = 1 });
        Assert.Equal(ModelState.Ready, Readiness(host, "lazy").State);
        Assert.Equal(["Loading.", "Ready."], States(logger, "lazy"));
        await host.StopAsync();
    }

    [Fact]
    public async Task One_line_warms_all_models_up()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLocalModelWarmup();
        builder.Services.AddLocalChatClient(EmbeddedModels.Draft);
        builder.Services.AddKeyedLocalChatClient("plain", EmbeddedModels.Plain);
        builder.Services.AddLocalEmbeddingGenerator(EmbeddedModels.Polite);
        using var host = builder.Build();
        await host.StartAsync();
        await WarmedUpAsync(host);
        Assert.Equal(3, host.Services.GetRequiredService<ModelPool>().Count);
        await host.StopAsync();
    }

    [Fact]
    public async Task Default_decoding_that_needs_more_than_a_question_does_no_harm()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLocalModelWarmup();
        builder.Services.AddLocalChatClient(settings => (settings.ModelFolder, settings.Client) = (EmbeddedModels.Draft, new() { DefaultDecoding = new() { Processors = [new CustomProcessorOptions { Name = "later" }] } }));
        using var host = builder.Build();
        await host.StartAsync();
        await WarmedUpAsync(host);
        Assert.Equal(ModelState.Ready, Readiness(host).State);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_load_that_fails_is_logged_leaves_the_host_running_and_is_tried_again()
    {
        using var folder = new ModelFolder(EmbeddedModels.Draft);
        var weights = folder.Hide("model.safetensors");
        using var logger = new RecordingLogger();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ILoggerFactory>(logger);
        builder.Services.AddLocalModelWarmup();
        builder.Services.AddLocalChatClient(folder.Path);
        builder.Services.AddKeyedLocalChatClient("other", EmbeddedModels.Plain);
        using var host = builder.Build();
        await host.StartAsync();
        await WarmedUpAsync(host);
        Assert.Equal((ModelState.Failed, ModelState.Ready), (Readiness(host).State, Readiness(host, "other").State));
        Assert.IsType<FileNotFoundException>(Readiness(host).Error);
        Assert.Contains(logger.Records, record => record.Level == LogLevel.Error && record.Message.Contains("could not be loaded", StringComparison.Ordinal));

        Assert.Throws<FileNotFoundException>(() => host.Services.GetRequiredService<IChatClient>());
        weights.Dispose();
        Assert.NotEmpty((await host.Services.GetRequiredService<IChatClient>().GetResponseAsync("Hello!", new ChatOptions { MaxOutputTokens = 5, Temperature = 0 })).Text);
        Assert.Equal(ModelState.Ready, Readiness(host).State);
        Assert.Null(Readiness(host).Error);
        await host.StopAsync();
    }

    [Fact]
    public void Progress_is_kept_always_and_logged_once_a_second()
    {
        using var logger = new RecordingLogger();
        var clock = new Clock();
        var readiness = new ModelReadiness("big", logger, clock);
        IProgress<double> progress = readiness;
        progress.Report(0.5);
        Assert.Equal((ModelState.NotLoaded, 0), (readiness.State, readiness.Progress));
        readiness.Enter(ModelState.Loading);
        for (var i = 0; i < 100; i++)
        {
            clock.Now += TimeSpan.FromMilliseconds(101);
            progress.Report(i / 100.0);
            Assert.Equal((ModelState.Loading, i / 100.0), (readiness.State, readiness.Progress));
        }

        Assert.Equal(10, logger.Records.Count(record => record.Message.Contains("loaded", StringComparison.Ordinal)));
        readiness.Fail(new OperationCanceledException());
        Assert.Equal((ModelState.NotLoaded, null), (readiness.State, readiness.Error));
        Assert.DoesNotContain(logger.Records, record => record.Level == LogLevel.Error);
    }

    private static ModelReadiness Readiness(IHost host, string? key = null) => host.Services.GetRequiredKeyedService<ModelReadiness>(key);

    private static Task WarmedUpAsync(IHost host) => host.Services.GetServices<IHostedService>().OfType<ModelWarmupService>().Single().ExecuteTask!;

    private static IEnumerable<string> States(RecordingLogger logger, string model) => logger.Records.Select(record => record.Message)
        .Where(message => message.StartsWith(model + ": ", StringComparison.Ordinal)).Select(message => message[(model.Length + 2)..]);

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
