using Decant.Connectors.Engines;
using Decant.Connectors.Torch;
using Decant.Tests.Oracles;
using static Decant.Tests.Connectors.Engines.BatchingTests;

namespace Decant.Tests.Connectors.Torch;

/// <summary>A budget of keys and values on the Torch engine: what is read again is what was there, as far as its arithmetic repeats itself.</summary>
public sealed class TorchBudgetTests : IDisposable
{
    private readonly string _folder = TinyCheckpoint.Write("yi");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TorchFact]
    public async Task A_sequence_that_gave_way_goes_on_where_it_was()
    {
        using var model = Load(TorchWeightFormat.BFloat16, 128);
        using ISequence first = model.OpenSequence(), second = model.OpenSequence(), third = model.OpenSequence();
        var expected = await Run(first, Ids(1, 40));
        first.Truncate(39);
        await Run(second, Ids(2, 40));
        await Run(third, Ids(3, 40));
        Assert.Equal(1, model.Memory.Preemptions);
        Assert.True(((EngineSequence)second).IsPreempted);
        var again = await Run(first, [Ids(1, 40)[39]]);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], again[i], 0.05f);
        Assert.NotEmpty(await Run(second, [4]));
        Assert.Equal((40, 41, 40), (first.Length, second.Length, third.Length));
    }

    [TorchFact]
    public async Task Where_gradients_move_rows_sequences_keep_them_and_what_never_fits_fails()
    {
        using var model = Load(TorchWeightFormat.Float32, 64);
        using var sequence = model.OpenSequence();
        await Run(sequence, Ids(1, 40));
        Assert.False(((EngineSequence)sequence).TryPreempt());
        using var other = model.OpenSequence();
        Assert.Contains("KvTokens", (await Assert.ThrowsAsync<InsufficientMemoryException>(async () => await Run(other, Ids(1, 65)))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Load(TorchWeightFormat.Float32, 63));
    }

    private static async Task<float[]> Run(ISequence sequence, int[] ids)
    {
        using var result = await sequence.ForwardAsync(new ForwardInput(ids));
        return result.Logits(0).ToArray();
    }

    private TorchModel Load(TorchWeightFormat weights, int kvTokens) => TorchModel.Load(_folder, new TorchModelOptions { Devices = ["cpu"], Weights = weights, KvTokens = kvTokens });
}
