using Decant.Connectors.Torch;
using Decant.Tests.Conformance;
using Decant.Tests.Oracles;
using TorchSharp;

namespace Decant.Tests.Connectors.Torch;

public sealed class TorchSequenceTests : SequenceContract
{
    protected override ICausalModel Load()
    {
        Skip.If(TorchPresence.Missing is not null, TorchPresence.Missing);
        return TorchModel.Load(Folder, new TorchModelOptions { Devices = ["cpu"], CacheTokens = 64 });
    }

    protected override void AssertSame(float[] expected, ReadOnlySpan<float> actual) => EnginePair.AssertClose(expected, actual, "logits");

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
            using (var model = TorchModel.Load(Folder, new TorchModelOptions { Devices = ["cpu"] })) model.OpenSequence().Dispose();
            return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        }

        Assert.Equal(Load(), Load());
        using var source = new CancellationTokenSource();
        var before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        Assert.ThrowsAny<OperationCanceledException>(() => TorchModel.Load(Folder, new TorchModelOptions { Devices = ["cpu"] }, new Inline(_ => source.Cancel()), source.Token));
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
            where T : Exception => Assert.Contains(text, Assert.Throws<T>(() => TorchModel.Load(Folder, options)).Message);
        Refused<ArgumentException>(new TorchModelOptions { Devices = ["gpu"] }, "cuda:N");
        Refused<ArgumentOutOfRangeException>(new TorchModelOptions { Weights = (TorchWeightFormat)9 }, "Int8");
        Refused<ArgumentOutOfRangeException>(new TorchModelOptions { CacheTokens = 1 }, "CacheTokens");
        Refused<ArgumentOutOfRangeException>(new TorchModelOptions { ContextLength = 0 }, "ContextLength");
        Refused<ArgumentOutOfRangeException>(new TorchModelOptions { ContextLength = 2000 }, "max_position_embeddings");
        Refused<NotSupportedException>(new TorchModelOptions { Devices = ["cuda:99"] }, "cuda:99");
    }

    private sealed class Inline(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
