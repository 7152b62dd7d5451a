using Decant.Connectors.Torch;
using Decant.Tests.Oracles;
using TorchSharp;

namespace Decant.Tests.Connectors.Torch;

/// <summary>What the Torch engine's sequences promise: forks, truncation, export, refusals, cancellation, concurrency, no leaks.</summary>
public sealed class TorchSequenceTests : IDisposable
{
    private readonly string _folder = TinyCheckpoint.Write("llama");
    private readonly TorchModel? _model;

    public TorchSequenceTests()
    {
        if (TorchPresence.Missing is null) _model = TorchModel.Load(_folder, new TorchModelOptions { Devices = ["cpu"], CacheTokens = 64 });
    }

    private TorchModel Model => _model!;

    public void Dispose()
    {
        _model?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TorchFact]
    public async Task Random_forks_truncations_and_forwards_equal_fresh_sequences()
    {
        var random = new Random(11);
        var live = new List<(ISequence Sequence, List<int> Ids)> { (Model.OpenSequence(), []) };
        for (var step = 0; step < 120; step++)
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
                    using (var result = await sequence.ForwardAsync(new ForwardInput(more)))
                        EnginePair.AssertClose(await Fresh(ids), result.Logits(0), $"step {step}");
                    break;
            }

            Assert.Equal(ids.Count, sequence.Length);
        }

        live.ForEach(entry => entry.Sequence.Dispose());
    }

    [TorchFact]
    public async Task An_exported_sequence_goes_on_elsewhere()
    {
        int[] ids = [.. Enumerable.Range(0, 75)];
        using var source = Model.OpenSequence();
        (await source.ForwardAsync(new ForwardInput(ids))).Dispose();
        using var stream = new MemoryStream();
        source.Export(stream);

        stream.Position = 0;
        using var target = Model.OpenSequence();
        target.Import(stream);
        using (var result = await target.ForwardAsync(new ForwardInput(new[] { 5 })))
            EnginePair.AssertClose(await Fresh([.. ids, 5]), result.Logits(0), "after the import");

        foreach (var length in (long[])[stream.Length / 2, 3])
        {
            stream.SetLength(length);
            stream.Position = 0;
            Assert.Throws<InvalidDataException>(() => target.Import(stream));
        }

        target.Truncate(0);
        using var again = await target.ForwardAsync(new ForwardInput(ids));
        EnginePair.AssertClose(await Fresh(ids), again.Logits(0), "after a failed import");
    }

    [TorchFact]
    public async Task Wrong_input_is_named_and_leaves_the_sequence_usable()
    {
        using var sequence = Model.OpenSequence();
        async Task<T> Refused<T>(ForwardInput input)
            where T : Exception => await Assert.ThrowsAsync<T>(async () => await sequence.ForwardAsync(input));
        Assert.Contains("0 … 96", (await Refused<ArgumentOutOfRangeException>(new ForwardInput(new[] { 97 }))).Message);
        Assert.Contains("RouterLayers", (await Refused<NotSupportedException>(new ForwardInput(new[] { 1 }) { Taps = new Taps { RouterLayers = [1] } })).Message);
        Assert.Equal(257, (await Refused<ContextOverflowException>(new ForwardInput(new int[257]))).Required);
        (await sequence.ForwardAsync(new ForwardInput(new[] { 1, 2, 3 }) { Parents = new[] { -1, -1, 0 } })).Dispose();
        await Refused<InvalidOperationException>(new ForwardInput(new[] { 1 }));
        Assert.Throws<ArgumentException>(() => sequence.Commit([1, 2]));
        sequence.Commit([0, 2]);
        Assert.Equal(2, sequence.Length);
        using var result = await sequence.ForwardAsync(new ForwardInput(new[] { 4 }));
        Assert.Throws<InvalidOperationException>(() => result.Hidden(1, 0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => result.Logits(1).Length);
        result.Dispose();
        Assert.Throws<ObjectDisposedException>(() => result.Logits(0).Length);
    }

    [TorchFact]
    public async Task A_cancelled_forward_takes_its_rows_back()
    {
        using var sequence = Model.OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(new[] { 1, 2 }))).Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sequence.ForwardAsync(new ForwardInput(new[] { 3 }), new CancellationToken(true)));
        Assert.Equal(2, sequence.Length);
        using var result = await sequence.ForwardAsync(new ForwardInput(new[] { 3 }));
        EnginePair.AssertClose(await Fresh([1, 2, 3]), result.Logits(0), "after the cancelled forward");
    }

    [TorchFact]
    public async Task Concurrent_sequences_forks_and_commits_equal_single_ones()
    {
        var prompts = Enumerable.Range(0, 8).Select(i => Enumerable.Range(i, 5 + 9 * i).ToArray()).ToArray();
        var expected = new List<float[]>();
        foreach (var prompt in prompts) expected.Add(await Fresh([.. prompt, 1, 3, 9]));
        for (var round = 0; round < 8; round++)
        {
            var actual = await Task.WhenAll(prompts.Select(prompt => Task.Run(async () =>
            {
                using var sequence = Model.OpenSequence();
                (await sequence.ForwardAsync(new ForwardInput(prompt))).Dispose();
                using var fork = sequence.Fork();
                (await fork.ForwardAsync(new ForwardInput(new[] { 2, 1, 4, 3 }) { Parents = new[] { -1, -1, 0, 1 } })).Dispose();
                fork.Commit([1, 3]);
                using var result = await fork.ForwardAsync(new ForwardInput(new[] { 9 }));
                return result.Logits(0).ToArray();
            })));
            for (var i = 0; i < actual.Length; i++) EnginePair.AssertClose(expected[i], actual[i], $"prompt {i}");
        }
    }

    [TorchFact]
    public async Task Forwards_leave_no_tensors_behind()
    {
        using var sequence = Model.OpenSequence();
        async Task<long> Live()
        {
            var taps = new Taps { HiddenLayers = [1], EarlyExitLayers = [2], AttentionLayers = [1], FinalHidden = true };
            (await sequence.ForwardAsync(new ForwardInput(EnginePair.Ids(30)) { Taps = taps })).Dispose();
            (await sequence.ForwardAsync(new ForwardInput(new[] { 1, 2, 3 }) { Parents = new[] { -1, -1, 1 } })).Dispose();
            sequence.Commit([1, 2]);
            using (var fork = sequence.Fork()) (await fork.ForwardAsync(new ForwardInput(new[] { 7 }))).Dispose();
            sequence.Truncate(0);
            return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        }

        await Live();
        var before = await Live();
        for (var i = 0; i < 50; i++) Assert.Equal(before, await Live());
    }

    [TorchFact]
    public void A_model_gives_its_memory_back()
    {
        long Load()
        {
            using (var model = TorchModel.Load(_folder, new TorchModelOptions { Devices = ["cpu"] })) model.OpenSequence().Dispose();
            return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        }

        Assert.Equal(Load(), Load());
        using var source = new CancellationTokenSource();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Assert.ThrowsAny<OperationCanceledException>(() => TorchModel.Load(_folder, new TorchModelOptions { Devices = ["cpu"] }, new Inline(_ => source.Cancel()), source.Token));
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [TorchFact]
    public async Task Among_equal_logits_the_lowest_id_wins()
    {
        var folder = TinyCheckpoint.Write("llama");
        using (var transformer = TorchTransformer.Load(folder))
        {
            using var _ = torch.no_grad();
            transformer.Parameters["lm_head.weight"].zero_();
            transformer.Save(Path.Combine(folder, "model.safetensors"));
        }

        using var model = TorchModel.Load(folder, new TorchModelOptions { Devices = ["cpu"] });
        using var sequence = model.OpenSequence();
        using (var result = await sequence.ForwardAsync(new ForwardInput(new[] { 3, 4 }) { Logits = LogitsRows.All }))
        {
            Assert.Equal(0, result.Logits(0)[96]);
            Assert.Equal(0, result.ArgMax(0));
            Assert.Equal(0, result.ArgMax(1));
        }

        Directory.Delete(folder, recursive: true);
    }

    [TorchFact]
    public void Options_out_of_range_and_absent_devices_are_named()
    {
        void Refused<T>(TorchModelOptions options, string text)
            where T : Exception => Assert.Contains(text, Assert.Throws<T>(() => TorchModel.Load(_folder, options)).Message);
        Refused<ArgumentException>(new TorchModelOptions { Devices = ["gpu"] }, "cuda:N");
        Refused<ArgumentOutOfRangeException>(new TorchModelOptions { Weights = (TorchWeightFormat)9 }, "Int8");
        Refused<ArgumentOutOfRangeException>(new TorchModelOptions { CacheTokens = 1 }, "CacheTokens");
        Refused<ArgumentOutOfRangeException>(new TorchModelOptions { ContextLength = 0 }, "ContextLength");
        Refused<ArgumentOutOfRangeException>(new TorchModelOptions { ContextLength = 1000 }, "max_position_embeddings");
        Refused<NotSupportedException>(new TorchModelOptions { Devices = ["cuda:99"] }, "cuda:99");
    }

    private sealed class Inline(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }

    private async Task<float[]> Fresh(IEnumerable<int> ids)
    {
        using var sequence = Model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids.ToArray()));
        return result.Logits(0).ToArray();
    }
}
