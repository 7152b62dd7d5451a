using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Decoding;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Cpu;

/// <summary>Every family against the float64 reference: logits, hidden states, early exits and attention maps.</summary>
public sealed class ReferenceTests : IDisposable
{
    private readonly List<string> _folders = [];

    public static IEnumerable<object[]> Families => TinyCheckpoint.Families;

    public void Dispose() => _folders.ForEach(folder => Directory.Delete(folder, recursive: true));

    [Theory]
    [MemberData(nameof(Families))]
    public async Task Logits_and_taps_agree_with_the_reference(string family)
    {
        _folders.Add(TinyCheckpoint.Write(family));
        using var model = CpuModel.Load(_folders[^1]);
        using var checkpoint = Checkpoint.Open(_folders[^1]);
        var reference = new ReferenceTransformer(checkpoint);
        var random = new Random(5);
        int[] ids = [.. Enumerable.Range(0, 29).Select(_ => random.Next(TinyCheckpoint.Vocabulary))];
        var expected = reference.Logits(ids);

        int[] layers = [0, 1, 2, 3];
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids)
        {
            Logits = LogitsRows.All,
            Taps = new Taps { HiddenLayers = layers, EarlyExitLayers = layers, AttentionLayers = [1, 2, 3], FinalHidden = true },
        });
        for (var p = 0; p < ids.Length; p++)
        {
            AssertClose(expected[p], result.Logits(p), $"logits of {p}");
            AssertClose(expected[p], result.EarlyExit(3, p), $"last early exit of {p}");
            foreach (var layer in layers) AssertClose(reference.Hidden[layer][p], result.Hidden(layer, p), $"hidden state {layer} of {p}");
            for (var layer = 1; layer <= 3; layer++)
            {
                for (var head = 0; head < model.Info.HeadCount; head++)
                    AssertClose(reference.Attention[layer - 1][head][p], result.Attention(layer, p, head), $"attention {layer}.{head} of {p}");
            }
        }

        Assert.False(result.EarlyExit(1, 5).SequenceEqual(result.Logits(5)));
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gemma2")]
    [InlineData("gpt2")]
    public async Task Early_exits_with_and_without_norm_agree_with_the_reference_side_by_side(string family)
    {
        _folders.Add(TinyCheckpoint.Write(family));
        using var model = CpuModel.Load(_folders[^1]);
        using var checkpoint = Checkpoint.Open(_folders[^1]);
        var reference = new ReferenceTransformer(checkpoint);
        int[] ids = [5, 9, 31, 2, 77];
        reference.Logits(ids);
        int[] layers = [0, 2, 3];
        bool?[] norms = [false, true, null, false];
        var batch = norms.Select(norm => new SequenceForward(model.OpenSequence(), new ForwardInput(ids)
        {
            Logits = LogitsRows.All,
            Taps = norm is { } apply ? new Taps { EarlyExitLayers = layers, EarlyExitNorm = apply } : null,
        })).ToArray();
        var results = await model.ForwardAsync(batch);
        for (var i = 0; i < norms.Length; i++)
        {
            using var result = results[i];
            using var sequence = batch[i].Sequence;
            if (norms[i] is not { } norm) continue;
            foreach (var layer in layers)
            {
                var expected = reference.EarlyExit(layer, norm);
                for (var p = 0; p < ids.Length; p++) AssertClose(expected[p], result.EarlyExit(layer, p), $"early exit {layer}, norm {norm}, of {p}");
            }
        }

        using var alone = model.OpenSequence();
        using var plain = await alone.ForwardAsync(batch[0].Input);
        AssertClose(reference.EarlyExit(2, norm: false)[4], plain.EarlyExit(2, 4), "early exit of a lone sequence");
    }

    [Theory]
    [InlineData(ElementType.F16)]
    [InlineData(ElementType.BF16)]
    public async Task Half_precision_checkpoints_lose_nothing_more(ElementType type)
    {
        _folders.Add(TinyCheckpoint.Write("llama", type: type));
        using var model = CpuModel.Load(_folders[^1]);
        using var checkpoint = Checkpoint.Open(_folders[^1]);
        int[] ids = [5, 9, 31, 2, 77];
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids));
        AssertClose(new ReferenceTransformer(checkpoint).Logits(ids)[^1], result.Logits(0), "logits");
    }

    [Fact]
    public async Task Embeddings_as_input_equal_ids()
    {
        _folders.Add(TinyCheckpoint.Write("gemma2"));
        using var model = CpuModel.Load(_folders[^1]);
        int[] ids = [5, 9, 31];
        using var byId = model.OpenSequence();
        using var expected = await byId.ForwardAsync(new ForwardInput(ids) { Taps = new Taps { HiddenLayers = [0] } });
        float[] embeddings = [.. ids.SelectMany((_, row) => expected.Hidden(0, row).ToArray())];
        using var byValue = model.OpenSequence();
        using var actual = await byValue.ForwardAsync(new ForwardInput { Embeddings = embeddings });
        Assert.Equal(expected.Logits(0), actual.Logits(0));
    }

    [Theory]
    [InlineData("llama", WeightFormat.Float32)]
    [InlineData("gemma2", WeightFormat.BFloat16)]
    [InlineData("gpt2", WeightFormat.Float32)]
    [InlineData("granite", WeightFormat.Int8)]
    public async Task Embeddings_of_ids_give_the_bits_of_ids(string family, WeightFormat format)
    {
        _folders.Add(TinyCheckpoint.Write(family));
        using var model = CpuModel.Load(_folders[^1], new CpuModelOptions { Weights = format });
        int[] ids = [5, 9, 31];
        var embeddings = new float[ids.Length * model.Info.HiddenSize];
        model.Embed(ids, embeddings);
        using var byId = model.OpenSequence();
        using var expected = await byId.ForwardAsync(new ForwardInput(ids) { Logits = LogitsRows.All });
        using var byValue = model.OpenSequence();
        using var actual = await byValue.ForwardAsync(new ForwardInput { Embeddings = embeddings, Logits = LogitsRows.All });
        for (var row = 0; row < ids.Length; row++) Assert.Equal(expected.Logits(row), actual.Logits(row));
    }

    private static void AssertClose(double[] expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(1, largest), $"{what}, element {i}: expected {expected[i]}, got {actual[i]}");
    }
}
