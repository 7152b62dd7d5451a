using Decant.Connectors.Cpu;
using Decant.Tests.Conformance;

namespace Decant.Tests.Connectors.Cpu;

public sealed class SequenceTests : SequenceContract
{
    protected override ICausalModel Load() => CpuModel.Load(Folder, new CpuModelOptions { Threads = 2 });

    // The same bits, not merely close.
    protected override void AssertSame(float[] expected, ReadOnlySpan<float> actual) => Assert.Equal(expected, actual.ToArray());

    [Fact]
    public async Task Decoding_allocates_nothing_per_token()
    {
        using var sequence = Model.OpenSequence();
        var id = new[] { 3 };
        async Task Steps(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var result = await sequence.ForwardAsync(new ForwardInput(id));
                id[0] = result.ArgMax(0);
            }
        }

        // A collection that another test causes starts a new allocation context, which counts as 8 KiB: what a token costs, it costs every time.
        await Steps(60);
        var least = long.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await Steps(1);
            var one = GC.GetAllocatedBytesForCurrentThread() - before;
            before = GC.GetAllocatedBytesForCurrentThread();
            await Steps(60);
            least = Math.Min(least, Math.Abs(GC.GetAllocatedBytesForCurrentThread() - before - one));
        }

        // A page of 64 tokens may be rented on the way; a token itself costs nothing.
        Assert.InRange(least, 0, 512);
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
        using (CpuModel.Load(Folder, progress: new Inline(reports.Enqueue))) Assert.Equal(1, reports.Last());
        Assert.True(reports.Distinct().Count() > 5);

        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => CpuModel.Load(Folder, progress: new Inline(_ => source.Cancel()), cancellationToken: source.Token));
    }

    private sealed class Inline(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
