using System.Net;
using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Hosting.Server;

/// <summary>What callers are told while a real client is busy.</summary>
public class AdmissionTests
{
    private const string Long = """
        {"messages":[{"role":"user","content":"hello"}],"max_tokens":900,"temperature":1,
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
        await Eventually.HoldsAsync(() => client.GetLoad().RunningCalls == 1);
        var waiting = host.PostAsync("chat/completions", Short + ",\"deadline_seconds\":2}");
        await Eventually.HoldsAsync(() => client.GetLoad().QueuedCalls == 1);
        using (var refused = await host.PostAsync("chat/completions", Short + "}"))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
        }

        using (var late = await waiting) Assert.Equal(HttpStatusCode.GatewayTimeout, late.StatusCode);

        // Who goes away makes room.
        await departure.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Eventually.HoldsAsync(() => client.GetLoad().RunningCalls == 0);
        await host.AskAsync("chat/completions", Short + "}");
    }

    [Theory]
    [InlineData(2, "key 1")]
    [InlineData(1, "ann")]
    public async Task Keys_take_turns_where_there_are_several_and_users_where_there_are_not(int keys, string caller)
    {
        var client = new ScriptedClient("hi");
        await using var host = await ServerHost.StartAsync(client, options =>
        {
            for (var i = 0; i < keys; i++) options.ApiKeys.Add($"secret-{i}");
        });
        using var response = await host.PostAsync("chat/completions", Short + ",\"user\":\"ann\"}", $"secret-{keys - 1}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(caller, ((LocalGenerationOptions)Assert.Single(client.Asked).Options.RawRepresentationFactory!(client)!).Caller);
    }

    [Fact]
    public async Task Middleware_can_take_a_priority_back_as_the_documentation_has_it()
    {
        using var scripted = new ScriptedClient("hi");
        using var client = scripted.AsBuilder().ConfigureOptions(options =>
        {
            var create = options.RawRepresentationFactory;
            options.RawRepresentationFactory = client => create?.Invoke(client) is LocalGenerationOptions own ? own with { Priority = CallPriority.Normal } : null;
        }).Build();
        await using var host = await ServerHost.StartAsync(client);
        await host.AskAsync("chat/completions", Short + ",\"service_tier\":\"priority\",\"user\":\"me\"}");
        var own = Assert.IsType<LocalGenerationOptions>(scripted.Asked.Single().Options.RawRepresentationFactory!(scripted));
        Assert.Equal((CallPriority.Normal, "me"), (own.Priority, own.Caller));
    }
}
