using System.Net;
using Decant.Hosting;
using Decant.Hosting.Server;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Hosting.Server;

/// <summary>Requests for models that are not loaded yet.</summary>
public sealed class ModelLoadTests : IDisposable
{
    private const string Hello = """{"messages":[{"role":"user","content":"hello"}]}""";

    private readonly RecordingLogger _logger = new();

    public void Dispose() => _logger.Dispose();

    [Fact]
    public async Task A_load_that_fails_is_the_servers_fault_is_logged_and_is_tried_again()
    {
        var loads = 0;
        await using var host = await StartAsync(() => loads++ == 0 ? throw new NotSupportedException("/secret/folder") : new ScriptedClient("hi"));
        using var failed = await host.PostAsync("chat/completions", Hello);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        var error = await ServerHost.ErrorAsync(failed);
        Assert.Equal("model_unavailable", error.GetProperty("code").GetString());
        Assert.DoesNotContain("secret", error.GetProperty("message").GetString());
        Assert.Contains(_logger.Records, record => record.Level == LogLevel.Error && record.Message.Contains(ServerHost.Model, StringComparison.Ordinal));
        await host.AskAsync("chat/completions", Hello);
        await host.AskAsync("chat/completions", Hello);
        Assert.Equal(2, loads);
    }

    [Fact]
    public async Task Who_asks_while_a_model_is_loaded_is_told_to_come_again()
    {
        var readiness = new ModelReadiness("model", _logger, TimeProvider.System);
        readiness.Enter(ModelState.Loading);
        await using var host = await StartAsync(() => new ScriptedClient("hi"), readiness);
        using var early = await host.PostAsync("chat/completions", Hello);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (early.StatusCode, early.Headers.RetryAfter?.ToString()));
        Assert.Contains("is being loaded", (await ServerHost.ErrorAsync(early)).GetProperty("message").GetString());
        readiness.Fail(new IOException());
        await host.AskAsync("chat/completions", Hello);
    }

    [Fact]
    public async Task Who_goes_away_waits_no_longer_and_the_load_goes_on()
    {
        using var loaded = new ManualResetEventSlim();
        var loads = 0;
        await using var host = await StartAsync(() =>
        {
            loads++;
            loaded.Wait();
            return new ScriptedClient("hi");
        });
        var models = host.Services.GetRequiredService<ServedModels>();
        using var gone = new CancellationTokenSource();
        var waiting = models.ChatAsync(null, gone.Token);
        var other = models.ChatAsync(ServerHost.Model, default);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(other.IsCompleted);
        loaded.Set();
        Assert.IsType<ScriptedClient>((await other).Client);
        Assert.Equal(1, loads);
    }

    private Task<ServerHost> StartAsync(Func<IChatClient> load, ModelReadiness? readiness = null) => ServerHost.StartAsync(new ScriptedClient(), build: builder =>
    {
        builder.Services.AddSingleton<ILoggerFactory>(_logger).AddSingleton(_ => load());
        if (readiness is not null) builder.Services.AddSingleton(readiness);
    });
}
