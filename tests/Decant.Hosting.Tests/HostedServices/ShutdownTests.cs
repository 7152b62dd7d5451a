using Decant.Connectors.Embedded;
using Decant.Hosting;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Decant.Tests.Hosting;

/// <summary>What becomes of running and new calls when the host stops.</summary>
public sealed class ShutdownTests : IDisposable
{
    private const string Question = "Tell me a story about Savisha.";
    private static readonly ChatOptions _greedy = new() { Temperature = 0, MaxOutputTokens = 60 };
    private readonly RecordingLogger _logger = new();

    public void Dispose() => _logger.Dispose();

    [Fact]
    public async Task A_running_stream_ends_whole_while_new_calls_are_refused()
    {
        using var host = await StartAsync(TimeSpan.FromSeconds(25));
        var client = host.Services.GetRequiredService<IChatClient>();
        var expected = (await client.GetResponseAsync(Question, _greedy)).Text;
        var unread = client.GetStreamingResponseAsync(Question, _greedy);
        await using var stream = client.GetStreamingResponseAsync(Question, _greedy).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());
        var text = stream.Current.Text;

        var stopping = host.StopAsync();
        await WaitForAsync(() => _logger.Records.Any(record => record.Message.Contains("Waiting for 1 calls of decant-tiny", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<HostStoppingException>(() => client.GetResponseAsync(Question, _greedy));
        Assert.Throws<HostStoppingException>(() => client.GetStreamingResponseAsync(Question, _greedy));
        await Assert.ThrowsAsync<HostStoppingException>(async () => await unread.GetAsyncEnumerator().MoveNextAsync());
        Assert.False(stopping.IsCompleted);

        while (await stream.MoveNextAsync()) text += stream.Current.Text;
        Assert.Equal(expected, text);
        await stopping;
        Assert.DoesNotContain(_logger.Records, record => record.Message.Contains("cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_does_not_end_in_time_is_cancelled()
    {
        using var host = await StartAsync(TimeSpan.FromMilliseconds(50));
        var client = host.Services.GetRequiredService<IChatClient>();
        await using var stream = client.GetStreamingResponseAsync(Question, _greedy).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync());
        await host.StopAsync();
        var error = await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            while (await stream.MoveNextAsync())
            {
            }
        });
        Assert.Contains("host stopped", error.Message);
        Assert.Contains(_logger.Records, record => record.Level == LogLevel.Warning && record.Message.Contains("1 calls of decant-tiny were cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_calls_the_host_stops_at_once()
    {
        using var host = await StartAsync(TimeSpan.FromSeconds(25));
        await host.StopAsync();
        Assert.DoesNotContain(_logger.Records, record => record.Message.Contains("Waiting", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callers_cancel_with_their_own_token_as_ever()
    {
        using var host = await StartAsync(TimeSpan.FromSeconds(1));
        var client = host.Services.GetRequiredService<IChatClient>();
        using var cancellation = new CancellationTokenSource();
        var error = await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync(Question, _greedy, cancellation.Token)) await cancellation.CancelAsync();
        });
        Assert.Equal(cancellation.Token, error.CancellationToken);
        error = await Assert.ThrowsAsync<OperationCanceledException>(() => client.GetResponseAsync(Question, _greedy, cancellation.Token));
        Assert.Equal(cancellation.Token, error.CancellationToken);
        await host.StopAsync();
    }

    [Fact]
    public async Task Calls_inside_a_running_call_belong_to_it()
    {
        using var drain = new ClientDrain();
        var began = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        using var inner = new Answering(async () =>
        {
            began.TrySetResult();
            await gate.Task;
        });
        using var judge = new DrainingChatClient(new Answering(() => Task.CompletedTask), drain);
        using var client = new DrainingChatClient(new Asking(inner, judge), drain);
        var call = client.GetResponseAsync("Hello!");
        await began.Task;
        var draining = drain.DrainAsync(TimeSpan.FromSeconds(25), default);
        await Assert.ThrowsAsync<HostStoppingException>(() => judge.GetResponseAsync("Hello!"));
        gate.SetResult();
        Assert.Equal("good", (await call).Text);
        Assert.Equal(0, await draining);
    }

    private async Task<IHost> StartAsync(TimeSpan shutdownTimeout)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ILoggerFactory>(_logger);
        builder.Services.AddLocalChatClient(settings => (settings.ModelFolder, settings.ShutdownTimeout) = (EmbeddedModels.Tiny, shutdownTimeout));
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task WaitForAsync(Func<bool> happened)
    {
        for (var i = 0; i < 1000 && !happened(); i++) await Task.Delay(10);
        Assert.True(happened());
    }

    private sealed class Answering(Func<Task> before) : IChatClient
    {
        public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            await before();
            return new ChatResponse(new ChatMessage(ChatRole.Assistant, "good"));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    /// <summary>Asks a judge when it has its answer.</summary>
    private sealed class Asking(IChatClient inner, IChatClient judge) : DelegatingChatClient(inner)
    {
        public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            await base.GetResponseAsync(messages, options, cancellationToken);
            return await judge.GetResponseAsync(messages, options, cancellationToken);
        }
    }
}
