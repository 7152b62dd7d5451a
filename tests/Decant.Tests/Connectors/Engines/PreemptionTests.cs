using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Engines;
using Decant.Tests.Oracles;
using static Decant.Tests.Connectors.Engines.BatchingTests;

namespace Decant.Tests.Connectors.Engines;

/// <summary>A budget of keys and values: who gives way, and that it changes no bit.</summary>
public sealed class PreemptionTests : IDisposable
{
    private readonly string _folder = TinyCheckpoint.Write("yi", edit: config => config["max_position_embeddings"] = 1024);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Streams_that_do_not_fit_together_have_the_bits_they_have_alone()
    {
        using var unlimited = Load(null);
        using var limited = Load(6 * 64);
        var (expected, together) = (await AllAsync(unlimited), await AllAsync(limited));
        Assert.Equal(expected, together);
        Assert.True(limited.Memory.Preemptions > 0);
        Assert.Equal((0, 0), (limited.Pages.PagesInUse, unlimited.Memory.Preemptions));
    }

    [Fact]
    public async Task What_was_given_up_can_be_truncated_forked_committed_and_read_again()
    {
        using var limited = Load(256);
        using var expected = Load(null);
        using var sequence = limited.OpenSequence();
        await Run(sequence, Ids(1, 100));
        using (var tree = await sequence.ForwardAsync(new ForwardInput(new[] { 5, 6, 7 }) { Parents = new[] { -1, -1, 1 } }))
        {
            Assert.False(((EngineSequence)sequence).TryPreempt());
            sequence.Commit([1, 2]);
        }

        await TakeAll(limited);
        Assert.True(((EngineSequence)sequence).IsPreempted);
        Assert.Throws<InvalidOperationException>(() => sequence.Export(Stream.Null));
        using var fork = sequence.Fork();
        sequence.Truncate(101);
        using var oracle = expected.OpenSequence();
        Assert.Equal(await Run(oracle, [.. Ids(1, 100), 6, 7, 9]), await Run(fork, [9]));
        oracle.Truncate(101);
        Assert.Equal(await Run(oracle, [11]), await Run(sequence, [11]));
        Assert.Equal((102, 103), (sequence.Length, fork.Length));
        sequence.Truncate(0);
        oracle.Truncate(0);
        Assert.Equal(await Run(oracle, [1, 2]), await Run(sequence, [1, 2]));
    }

    [Fact]
    public async Task A_request_that_can_never_fit_fails_and_says_what_to_do()
    {
        using var model = Load(128);
        using var sequence = model.OpenSequence();
        var error = await Assert.ThrowsAsync<InsufficientMemoryException>(async () => await Run(sequence, Ids(1, 200)));
        Assert.Contains("KvTokens", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0), (sequence.Length, model.Pages.PagesInUse));
        await Run(sequence, Ids(1, 100));
    }

    [Fact]
    public async Task Rows_that_cannot_be_read_again_stay()
    {
        using var model = Load(192);
        using ISequence kept = model.OpenSequence(), other = model.OpenSequence();
        var embeddings = new float[3 * model.Info.HiddenSize];
        model.Embed([1, 2, 3], embeddings);
        (await kept.ForwardAsync(new ForwardInput { Embeddings = embeddings })).Dispose();
        await Run(kept, Ids(1, 70));
        var waiting = Task.Run(() => Run(other, Ids(2, 100)));
        await Task.Delay(300);
        Assert.Equal((73, false, false), (kept.Length, IsPreempted(kept), waiting.IsCompleted));
        kept.Dispose();
        using var unlimited = Load(null);
        using var oracle = unlimited.OpenSequence();
        Assert.Equal(await Run(oracle, Ids(2, 100)), await waiting);
    }

    [Fact]
    public async Task The_less_urgent_gives_way_then_the_later()
    {
        using var model = Load(192);
        using ISequence low = model.OpenSequence(), early = model.OpenSequence(), late = model.OpenSequence(), next = model.OpenSequence();
        await Run(early, Ids(1, 10));
        await Run(late, Ids(2, 10));
        await As(CallPriority.Low, () => Run(low, Ids(3, 10)));
        await As(CallPriority.High, () => Run(next, Ids(4, 10)));
        Assert.Equal((true, false, false), (IsPreempted(low), IsPreempted(late), IsPreempted(early)));
        using var more = model.OpenSequence();
        await As(CallPriority.High, () => Run(more, Ids(5, 10)));
        Assert.Equal((true, false, false), (IsPreempted(late), IsPreempted(early), IsPreempted(next)));
    }

    [Fact]
    public async Task Forks_that_come_and_go_while_others_need_room_stay_whole()
    {
        using var limited = Load(5 * 64);
        using var unlimited = Load(null);
        using var prompt = limited.OpenSequence();
        await Run(prompt, Ids(1, 70));
        using var oracle = unlimited.OpenSequence();
        await Run(oracle, Ids(1, 70));
        var expected = await Run(oracle, [5]);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < 25; round++)
            {
                using var fork = prompt.Fork();
                if (i % 2 == 0) Assert.Equal(expected, await Run(fork, [5]));
                else (await StreamAsync(limited, Ids(round, 130), tokens: 1)).Clear();
            }
        })));
    }

    [Fact]
    public async Task Who_gives_way_again_and_again_comes_back_less_and_less_often()
    {
        using var limited = Load(6 * 64);
        using var unlimited = Load(null);
        var expected = await StreamAsync(unlimited, Ids(2, 100), tokens: 150);
        using var searching = limited.OpenSequence();
        await Run(searching, Ids(1, 100));
        var stream = Task.Run(() => StreamAsync(limited, Ids(2, 100), tokens: 150));

        // Four candidates a step, each with a page of its own: with the search's two pages, all that there are.
        for (var step = 0; step < 100; step++)
        {
            var forks = Enumerable.Range(0, 4).Select(_ => searching.Fork()).ToArray();
            foreach (var result in await limited.ForwardAsync(forks.Select((fork, i) => new SequenceForward(fork, new ForwardInput(new[] { i }))).ToArray())) result.Dispose();
            foreach (var fork in forks) fork.Dispose();
        }

        Assert.Equal(expected, await stream);
        Assert.InRange(limited.Memory.Preemptions, 1, 40);
    }

    [Fact]
    public async Task A_call_whose_sequences_do_not_fit_together_goes_on_all_the_same()
    {
        using var limited = Load(4 * 64);
        using var unlimited = Load(null);
        var expected = await As(CallPriority.Normal, () => BeamsAsync(unlimited));
        Assert.Equal(expected, await As(CallPriority.Normal, () => BeamsAsync(limited)));
        Assert.True(limited.Memory.Preemptions > 0);
    }

    // Three texts of two pages each that share none.
    private static async Task<List<float[]>> BeamsAsync(CpuModel model)
    {
        var rows = new List<float[]>();
        var beams = Enumerable.Range(0, 3).Select(_ => model.OpenSequence()).ToArray();
        for (var i = 0; i < beams.Length; i++) rows.Add(await Run(beams[i], Ids(i, 100)));
        for (var step = 0; step < 5; step++)
        {
            foreach (var result in await model.ForwardAsync(beams.Select(beam => new SequenceForward(beam, new ForwardInput(new[] { step }))).ToArray()))
            {
                rows.Add(result.Logits(0).ToArray());
                result.Dispose();
            }
        }

        foreach (var beam in beams) beam.Dispose();
        return rows;
    }

    [Fact]
    public async Task The_prefix_cache_gives_way_first()
    {
        using var model = Load(256);
        using var cache = new PrefixCache(model, 10, 1000);
        foreach (var seed in (int[])[1, 2])
        {
            var sequence = cache.Rent(Ids(seed, 60));
            await Run(sequence, Ids(seed, 60));
            cache.Return(sequence, [.. Ids(seed, 60)]);
        }

        using ISequence first = model.OpenSequence(), second = model.OpenSequence();
        await Run(first, Ids(3, 120));
        Assert.Equal(120, cache.Tokens);
        await Run(second, Ids(4, 120));
        Assert.Equal((0, 0L, false), (cache.Tokens, model.Memory.Preemptions, IsPreempted(first)));
    }

    // Six prompts of one page each, and then answers of more than another one each.
    private static async Task<List<float[]>> AllAsync(CpuModel model)
    {
        var sequences = Enumerable.Range(0, 6).Select(_ => model.OpenSequence()).ToArray();
        for (var i = 0; i < sequences.Length; i++) await Run(sequences[i], Ids(i, 50 + i));
        var answers = await Task.WhenAll(sequences.Select((sequence, i) => Task.Run(async () =>
        {
            using (sequence) return await ContinueAsync(sequence, [i], tokens: 90);
        })));
        return [.. answers.SelectMany(rows => rows)];
    }

    private static bool IsPreempted(ISequence sequence) => ((EngineSequence)sequence).IsPreempted;

    private static async Task As(CallPriority priority, Func<Task> run)
    {
        new CallScope(priority).Enter();
        await run();
    }

    private static async Task<T> As<T>(CallPriority priority, Func<Task<T>> run)
    {
        new CallScope(priority).Enter();
        return await run();
    }

    private static async Task TakeAll(CpuModel model)
    {
        using var greedy = model.OpenSequence();
        await Run(greedy, Ids(9, 250));
    }

    private static async Task<float[]> Run(ISequence sequence, int[] ids)
    {
        using var result = await sequence.ForwardAsync(new ForwardInput(ids));
        return result.Logits(0).ToArray();
    }

    private CpuModel Load(int? kvTokens) => CpuModel.Load(_folder, new CpuModelOptions { Threads = 2, KvTokens = kvTokens });
}
