using System.Collections.Concurrent;
using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Embeddings;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

public class ModelPoolTests
{
    private static readonly CpuModelOptions _cpu = new();
    private static readonly ModelSource _source = new("folder", _cpu, null);

    [Fact]
    public async Task All_who_ask_at_once_share_one_load_and_the_last_to_leave_frees_the_model()
    {
        using var gate = new ManualResetEventSlim();
        var models = new ConcurrentQueue<PrefixModel>();
        var pool = new ModelPool((_, _, _) =>
        {
            gate.Wait(CancellationToken.None);
            models.Enqueue(TestChat.Babbler());
            return models.Last();
        });
        var asked = Enumerable.Range(0, 20).Select(_ => pool.RentAsync(_source with { Cpu = new CpuModelOptions() }, null, default)).ToList();
        gate.Set();
        var leases = await Task.WhenAll(asked);
        var model = Assert.Single(models);
        Assert.All(leases, lease => Assert.Same(model, lease.Model));
        foreach (var lease in leases[1..])
        {
            lease.Dispose();
            lease.Dispose();
        }

        Assert.False(model.Disposed);
        Assert.Equal(1, pool.Count);
        leases[0].Dispose();
        Assert.True(model.Disposed);
        Assert.Equal(0, pool.Count);
        using var again = await pool.RentAsync(_source, null, default);
        Assert.NotSame(model, again.Model);
    }

    [Fact]
    public async Task Other_folders_and_other_engine_options_are_other_models()
    {
        var pool = new ModelPool((_, _, _) => TestChat.Babbler());
        ModelSource[] sources = [_source, _source with { Folder = "other" }, _source with { Cpu = new() { Threads = 1 } }, new("folder", null, new())];
        var leases = await Task.WhenAll(sources.Select(source => pool.RentAsync(source, null, default)));
        Assert.Equal(4, leases.Select(lease => lease.Model).Distinct().Count());
        foreach (var lease in leases) lease.Dispose();
    }

    [Fact]
    public async Task A_load_that_failed_fails_all_who_waited_and_is_tried_again_by_the_next()
    {
        using var gate = new ManualResetEventSlim();
        var loads = 0;
        var pool = new ModelPool((_, _, _) =>
        {
            gate.Wait(CancellationToken.None);
            return Interlocked.Increment(ref loads) == 1 ? throw new InvalidDataException("damaged") : TestChat.Babbler();
        });
        var asked = Enumerable.Range(0, 5).Select(_ => pool.RentAsync(_source, null, default)).ToList();
        gate.Set();
        foreach (var one in asked) Assert.Equal("damaged", (await Assert.ThrowsAsync<InvalidDataException>(() => one)).Message);
        Assert.Equal((1, 0), (loads, pool.Count));
        using var lease = pool.Rent(_source, null, default);
        Assert.Equal(2, loads);
    }

    [Fact]
    public async Task Who_gives_up_leaves_the_load_to_the_others_and_the_last_one_stops_it()
    {
        using var gate = new ManualResetEventSlim();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var stopped = new TaskCompletionSource();
        var late = TestChat.Babbler();
        var pool = new ModelPool((_, _, token) =>
        {
            token.Register(stopped.SetResult);
            gate.Wait(CancellationToken.None);
            return late;
        });
        var asked = (pool.RentAsync(_source, null, first.Token), pool.RentAsync(_source, null, second.Token));
        await first.CancelAsync();
        Assert.Equal(first.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.Item1)).CancellationToken);
        Assert.False(stopped.Task.IsCompleted);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.Item2);
        await stopped.Task;
        Assert.Equal(0, pool.Count);

        // It has not noticed: what it makes nobody wants.
        gate.Set();
        for (var i = 0; i < 1000 && !late.Disposed; i++) await Task.Delay(10);
        Assert.True(late.Disposed);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.RentAsync(_source, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Everybody_who_waits_hears_of_the_progress_and_who_comes_late_where_it_is()
    {
        using var half = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        var pool = new ModelPool((_, progress, _) =>
        {
            progress.Report(0.5);
            half.Set();
            gate.Wait(CancellationToken.None);
            progress.Report(1);
            return TestChat.Babbler();
        });
        var (early, late) = (new Heard(), new Heard());
        var first = pool.RentAsync(_source, early, default);
        half.Wait();
        var second = pool.RentAsync(_source, late, default);
        gate.Set();
        foreach (var lease in await Task.WhenAll(first, second)) lease.Dispose();
        Assert.Equal(0.5, early.Values[0]);
        Assert.Equal(1, early.Values[^1]);
        Assert.Equal([0.5, 1], late.Values);
    }

    [Fact]
    public async Task Clients_drafts_and_embedding_generators_of_a_pool_share_their_models()
    {
        var pool = new ModelPool();
        var options = new LocalChatClientOptions { Pool = pool };
        var first = LocalChatClient.Load(EmbeddedModels.Tiny, options);
        var second = await LocalChatClient.LoadAsync(EmbeddedModels.Folder(EmbeddedModels.Tiny) + Path.DirectorySeparatorChar, options);
        var embeddings = LocalEmbeddingGenerator.Load(EmbeddedModels.Draft, new() { Pool = pool });
        Assert.Same(first.GetService<ICausalModel>(), second.GetService<ICausalModel>());
        Assert.Equal(2, pool.Count);

        var greedy = new ChatOptions { Temperature = 0, MaxOutputTokens = 20 };
        var expected = (await first.GetResponseAsync("Where does Savisha live?", greedy)).Text;
        var drafted = greedy.Clone().WithDecoding(new DecodingOptions { Speculation = new DraftModelOptions { Model = EmbeddedModels.Draft } });
        var answers = await Task.WhenAll(((IChatClient[])[first, second]).Select(client => client.GetResponseAsync("Where does Savisha live?", drafted)));
        Assert.All(answers, answer => Assert.Equal(expected, answer.Text));
        Assert.Equal(2, pool.Count);

        first.Dispose();
        Assert.Equal(expected, (await second.GetResponseAsync("Where does Savisha live?", drafted)).Text);
        second.Dispose();
        Assert.Equal(1, pool.Count);
        Assert.Single(await embeddings.GenerateAsync(["Savisha"]));
        embeddings.Dispose();
        Assert.Equal(0, pool.Count);
    }

    private sealed class Heard : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
