using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Tests.Connectors.Torch;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Cpu;

/// <summary>Edits of the residual stream: against the float64 reference, on both engines, and never seen by a neighbour.</summary>
public sealed class ResidualEditTests : IDisposable
{
    private readonly List<string> _folders = [];

    public static IEnumerable<object[]> Families => TinyCheckpoint.Families;

    public void Dispose() => _folders.ForEach(folder => Directory.Delete(folder, recursive: true));

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Logits_and_states_agree_with_the_reference(string family)
    {
        using var model = Load(family);
        using var checkpoint = Checkpoint.Open(_folders[^1]);
        var edits = Edits(model.Info.HiddenSize);
        var reference = new ReferenceTransformer(checkpoint) { Edits = edits };
        var ids = EnginePair.Ids(29);
        var expected = reference.Logits(ids);
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids) { Edits = edits, Logits = LogitsRows.All, Taps = new Taps { HiddenLayers = [0, 1, 2, 3], EarlyExitLayers = [2] } });
        var exits = reference.EarlyExit(2);
        for (var p = 0; p < ids.Length; p++)
        {
            AssertClose(expected[p], result.Logits(p), "logits");
            AssertClose(exits[p], result.EarlyExit(2, p), "early exit");
            for (var layer = 0; layer <= 3; layer++) AssertClose(reference.Hidden[layer][p], result.Hidden(layer, p), $"hidden state {layer}");
        }
    }

    [Fact]
    public async Task Neighbours_in_a_batch_keep_their_bits_and_so_do_chunks()
    {
        using var model = Load("llama");
        var edits = Edits(model.Info.HiddenSize);
        var plain = await EnginePair.Rows(model, EnginePair.Ids(40));
        var edited = await Rows(model, edits, EnginePair.Ids(40));
        Assert.NotEqual(plain[3], edited[3]);
        var batch = Enumerable.Range(0, 4).Select(i => new SequenceForward(model.OpenSequence(), new ForwardInput(EnginePair.Ids(40)) { Logits = LogitsRows.All, Edits = i % 2 == 1 ? edits : null })).ToArray();
        var results = await model.ForwardAsync(batch);
        for (var i = 0; i < 4; i++)
        {
            using var result = results[i];
            Assert.Equal(i % 2 == 1 ? edited : plain, EnginePair.Copy(result));
            batch[i].Sequence.Dispose();
        }

        // Row by row, as decoding does it.
        using var sequence = model.OpenSequence();
        for (var i = 0; i < 40; i++)
        {
            using var result = await sequence.ForwardAsync(new ForwardInput(EnginePair.Ids(40).AsMemory(i, 1)) { Edits = edits });
            Assert.Equal(edited[i], result.Logits(0));
        }

        Assert.Equal(plain, await Rows(model, [.. edits.Select(edit => new ResidualEdit(edit.Layer, edit.Direction.Span, 1))], EnginePair.Ids(40)));
    }

    [TorchTheory]
    [MemberData(nameof(Families))]
    public async Task Both_engines_agree(string family)
    {
        using var pair = new EnginePair(family);
        var edits = Edits(pair.Cpu.Info.HiddenSize);
        EnginePair.AssertClose(await Rows(pair.Cpu, edits, EnginePair.Ids(20)), await Rows(pair.Torch, edits, EnginePair.Ids(20)));
        using var edited = pair.Torch.OpenSequence();
        using var other = pair.Torch.OpenSequence();
        var results = await pair.Torch.ForwardAsync(new[]
        {
            new SequenceForward(edited, new ForwardInput(EnginePair.Ids(20)) { Logits = LogitsRows.All, Edits = edits }),
            new SequenceForward(other, new ForwardInput(EnginePair.Ids(20)) { Logits = LogitsRows.All }),
        });
        using (results[0]) EnginePair.AssertClose(await Rows(pair.Cpu, edits, EnginePair.Ids(20)), EnginePair.Copy(results[0]));
        using (results[1]) EnginePair.AssertClose(await pair.Expected(EnginePair.Ids(20)), EnginePair.Copy(results[1]));
    }

    [Fact]
    public async Task What_does_not_fit_the_model_is_refused()
    {
        using var model = Load("llama");
        using var sequence = model.OpenSequence();
        var direction = new float[model.Info.HiddenSize];
        direction[3] = -2;
        var edit = new ResidualEdit(1, direction, 0);
        Assert.Equal(-1, edit.Direction[3]);
        Assert.Equal(edit, new ResidualEdit(1, edit.Direction.Span, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await sequence.ForwardAsync(new ForwardInput(new[] { 1 }) { Edits = [new ResidualEdit(4, direction, 0)] }));
        await Assert.ThrowsAsync<ArgumentException>(async () => await sequence.ForwardAsync(new ForwardInput(new[] { 1 }) { Edits = [new ResidualEdit(1, [1, 2], 0)] }));
        Assert.Throws<ArgumentException>(() => new ResidualEdit(1, [0, 0], 0));
        Assert.Throws<ArgumentException>(() => new ResidualEdit(1, [1, float.NaN], 0));
        Assert.Equal(0, sequence.Length);
    }

    private static ResidualEdit[] Edits(int width)
    {
        var random = new Random(7);
        float[] Direction() => [.. Enumerable.Range(0, width).Select(_ => random.NextSingle() - .5f)];
        return [new ResidualEdit(0, Direction(), 3), new ResidualEdit(2, Direction(), 0), new ResidualEdit(2, Direction(), -1.5f), new ResidualEdit(3, Direction(), 2)];
    }

    private CpuModel Load(string family)
    {
        _folders.Add(TinyCheckpoint.Write(family));
        return CpuModel.Load(_folders[^1]);
    }

    private static async Task<float[][]> Rows(ICausalModel model, ResidualEdit[] edits, int[] ids)
    {
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids) { Logits = LogitsRows.All, Edits = edits });
        return EnginePair.Copy(result);
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(1, largest), $"{what}, element {i}: expected {expected[i]}, got {actual[i]}");
    }
}
