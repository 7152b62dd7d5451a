using Decant.Connectors.Cpu;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Cpu;

/// <summary>What a sequence promises: forks, truncation, export, refusals, cancellation, no garbage.</summary>
public sealed class SequenceTests : IDisposable
{
    private readonly string _folder = TinyCheckpoint.Write("llama");
    private readonly CpuModel _model;

    public SequenceTests() => _model = CpuModel.Load(_folder, new CpuModelOptions { Threads = 2 });

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Random_forks_truncations_and_forwards_equal_fresh_sequences()
    {
        var random = new Random(11);
        var live = new List<(ISequence Sequence, List<int> Ids)> { (_model.OpenSequence(), []) };
        for (var step = 0; step < 150; step++)
        {
            var (sequence, ids) = live[random.Next(live.Count)];
            switch (random.Next(3))
            {
                case 0 when live.Count < 6:
                    live.Add((sequence.Fork(), [.. ids]));
                    break;
                case 1 when ids.Count > 0:
                    var length = random.Next(ids.Count + 1);
                    sequence.Truncate(length);
                    ids.RemoveRange(length, ids.Count - length);
                    break;
                default:
                    if (ids.Count > 200) break;
                    int[] more = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(TinyCheckpoint.Vocabulary))];
                    ids.AddRange(more);
                    using (var result = await sequence.ForwardAsync(new ForwardInput(more))) Assert.Equal(await Fresh(ids), result.Logits(0).ToArray());
                    break;
            }

            Assert.Equal(ids.Count, sequence.Length);
        }

        live.ForEach(entry => entry.Sequence.Dispose());
    }

    [Fact]
    public async Task An_exported_sequence_goes_on_elsewhere()
    {
        int[] ids = [.. Enumerable.Range(0, 75)];
        using var source = _model.OpenSequence();
        (await source.ForwardAsync(new ForwardInput(ids))).Dispose();
        using var stream = new MemoryStream();
        source.Export(stream);

        stream.Position = 0;
        using var target = _model.OpenSequence();
        target.Import(stream);
        using var result = await target.ForwardAsync(new ForwardInput(new[] { 5 }));
        Assert.Equal(await Fresh([.. ids, 5]), result.Logits(0).ToArray());

        stream.SetLength(stream.Length / 2);
        stream.Position = 0;
        Assert.Throws<InvalidDataException>(() => target.Import(stream));
        Assert.Equal(0, target.Length);
    }

    [Fact]
    public async Task Decoding_allocates_nothing_per_token()
    {
        using var sequence = _model.OpenSequence();
        var id = new[] { 3 };
        async Task Steps(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var result = await sequence.ForwardAsync(new ForwardInput(id));
                id[0] = result.ArgMax(0);
            }
        }

        await Steps(60);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await Steps(1);
        var one = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        await Steps(60);
        // A page of 64 tokens may be rented on the way; a token itself costs nothing.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before - one, -64, 512);
    }

    [Fact]
    public async Task Wrong_input_is_named_and_leaves_the_sequence_usable()
    {
        using var sequence = _model.OpenSequence();
        async Task<T> Refused<T>(ForwardInput input)
            where T : Exception => await Assert.ThrowsAsync<T>(async () => await sequence.ForwardAsync(input));
        Assert.Contains("0 … 96", (await Refused<ArgumentOutOfRangeException>(new ForwardInput(new[] { 97 }))).Message);
        await Refused<ArgumentException>(default);
        await Refused<ArgumentException>(new ForwardInput { Embeddings = new float[47] });
        await Refused<ArgumentException>(new ForwardInput(new[] { 1, 2 }) { Parents = new[] { -1, 1 } });
        Assert.Contains("RouterLayers", (await Refused<NotSupportedException>(new ForwardInput(new[] { 1 }) { Taps = new Taps { RouterLayers = [1] } })).Message);
        Assert.Contains("EarlyExitLayers", (await Refused<ArgumentOutOfRangeException>(new ForwardInput(new[] { 1 }) { Taps = new Taps { EarlyExitLayers = [4] } })).Message);
        Assert.Equal(257, (await Refused<ContextOverflowException>(new ForwardInput(new int[257]))).Required);
        (await sequence.ForwardAsync(new ForwardInput(new[] { 1, 2, 3 }) { Parents = new[] { -1, -1, 0 } })).Dispose();
        await Refused<InvalidOperationException>(new ForwardInput(new[] { 1 }));
        Assert.Throws<ArgumentException>(() => sequence.Commit([1, 2]));
        sequence.Commit([0, 2]);
        Assert.Equal(2, sequence.Length);
    }

    [Fact]
    public async Task A_cancelled_forward_takes_its_rows_back()
    {
        using var sequence = _model.OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(new[] { 1, 2 }))).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sequence.ForwardAsync(new ForwardInput(new[] { 3 }), new CancellationToken(true)));
        Assert.Equal(2, sequence.Length);
        using var result = await sequence.ForwardAsync(new ForwardInput(new[] { 3 }));
        Assert.Equal(await Fresh([1, 2, 3]), result.Logits(0).ToArray());
    }

    [Fact]
    public async Task Concurrent_forwards_of_many_sequences_equal_single_ones()
    {
        var prompts = Enumerable.Range(0, 12).Select(i => Enumerable.Range(i, 5 + 3 * i).ToArray()).ToArray();
        var expected = new List<float[]>();
        foreach (var prompt in prompts) expected.Add(await Fresh(prompt));
        for (var round = 0; round < 20; round++)
        {
            var actual = await Task.WhenAll(prompts.Select(prompt => Task.Run(() => Fresh(prompt))));
            for (var i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i]);
        }
    }

    [Fact]
    public void Loading_reports_progress_and_stops_when_cancelled()
    {
        var reports = new System.Collections.Concurrent.ConcurrentQueue<double>();
        using (CpuModel.Load(_folder, progress: new Inline(reports.Enqueue))) Assert.Equal(1, reports.Last());
        Assert.True(reports.Distinct().Count() > 5);

        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => CpuModel.Load(_folder, progress: new Inline(_ => source.Cancel()), cancellationToken: source.Token));
    }

    private sealed class Inline(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }

    private async Task<float[]> Fresh(IEnumerable<int> ids)
    {
        using var sequence = _model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids.ToArray()));
        return result.Logits(0).ToArray();
    }
}
