using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Decant.Connectors.Chat;
using Decant.Tests.Conformance;

namespace Decant.Tests.Telemetry;

public class ClientMetricsTests
{
    private static readonly object _engine = new();

    [Fact]
    public void A_client_s_load_is_observed_until_it_is_disposed()
    {
        var model = Guid.NewGuid().ToString();
        using var metrics = new MetricsRecorder(model);
        using (TestChat.Client(TestChat.Babbler(), new LocalChatClientOptions { ModelId = model }))
        {
            metrics.Observe();
            Assert.Equal(0, Assert.Single(metrics.Of("decant.calls.running")).Value);
            Assert.Equal(0, Assert.Single(metrics.Of("decant.kv.used_tokens")).Value);
            Assert.Empty(metrics.Of("decant.engine.batch_size"));
        }

        metrics.Observe();
        Assert.Single(metrics.Of("decant.calls.running"));
    }

    [Fact]
    public void A_client_that_nobody_holds_is_not_kept_alive()
    {
        var client = Forgotten();
        for (var i = 0; i < 10 && client.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(client.IsAlive);
    }

    [Fact]
    public void Clients_of_one_model_are_summed_and_an_engine_they_share_counts_once()
    {
        ClientReading[] clients =
        [
            Reading("a", _engine, new ClientLoad { RunningCalls = 1, KvTokensInUse = 64 }),
            Reading("a", _engine, new ClientLoad { RunningCalls = 2, KvTokensInUse = 64 }),
            Reading("a", new object(), new ClientLoad { RunningCalls = 3, KvTokensInUse = 100, KvTokenBudget = 1000 }),
            Reading("b", _engine, new ClientLoad { RunningCalls = 5, KvTokensInUse = 64 }),
        ];
        Assert.Equal([("a", 6L), ("b", 5L)], Values(ClientMetrics.Sum(clients, load => load.RunningCalls)));
        Assert.Equal([("a", 164L), ("b", 64L)], Values(ClientMetrics.SumOfEngines(clients, load => load.KvTokensInUse)));
        Assert.Equal([("a", 1000L)], Values(ClientMetrics.SumOfEngines(clients, load => load.KvTokenBudget)));
    }

    [Fact]
    public void The_batch_size_is_the_mean_since_the_last_observation()
    {
        var window = new BatchWindow();
        double? Observe(long steps, long requests)
            => ClientMetrics.BatchSizes([new ClientReading("a", _engine, new ClientLoad { Steps = steps, StepRequests = requests }, window)]).Select(each => (double?)each.Value).SingleOrDefault();
        Assert.Null(Observe(0, 0));
        Assert.Equal(2.5, Observe(10, 25));
        Assert.Null(Observe(10, 25));
        Assert.Equal(4, Observe(15, 45));
    }

    private static ClientReading Reading(string model, object engine, ClientLoad load) => new(model, engine, load, new BatchWindow());

    private static IEnumerable<(string?, long)> Values(IEnumerable<Measurement<long>> measurements) => measurements.Select(each => ((string?)each.Tags[0].Value, each.Value));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Forgotten() => new(TestChat.Client(TestChat.Babbler()));
}
