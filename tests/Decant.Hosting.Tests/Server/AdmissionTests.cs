using System.Net;
using Decant.Connectors.Chat;

namespace Decant.Tests.Hosting.Server;

/// <summary>What callers are told while a real client is busy.</summary>
public class AdmissionTests
{
    private const string Long = """
        {"messages":[{"role":"user","content":"hello"}],"max_tokens":900,
         "decoding":{"search":{"kind":"best-of","n":64,"rewards":[{"kind":"length","min":1,"max":2}]},"constraints":[{"kind":"regex","pattern":"[a-z ]{2000}"}]}}
        """;

    private const string Short = """{"messages":[{"role":"user","content":"hello"}],"max_tokens":2""";

    [Fact]
    public async Task A_full_queue_is_429_with_a_time_to_come_again_and_a_deadline_that_passes_in_it_504()
    {
        using var client = LocalChatClient.Load(options: new LocalChatClientOptions { MaxRunningCalls = 1, MaxQueuedCalls = 1 });
        await using var host = await ServerHost.StartAsync(client);
        using var departure = new CancellationTokenSource();
        var running = host.PostAsync("chat/completions", Long, cancellationToken: departure.Token);
        await UntilAsync(() => client.GetLoad().RunningCalls == 1);
        var waiting = host.PostAsync("chat/completions", Short + ",\"deadline_seconds\":2}");
        await UntilAsync(() => client.GetLoad().QueuedCalls == 1);
        using (var refused = await host.PostAsync("chat/completions", Short + "}"))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        }

        using (var late = await waiting) Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);

        // Who goes away makes room.
        await departure.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await UntilAsync(() => client.GetLoad().RunningCalls == 0);
        await host.AskAsync("chat/completions", Short + "}");
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; i < 2000 && !holds(); i++) await Task.Delay(5);
        Assert.True(holds());
    }
}
