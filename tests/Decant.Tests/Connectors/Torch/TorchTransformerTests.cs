using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Connectors.Torch;
using Decant.Tests.Oracles;
using TorchSharp;
using static TorchSharp.torch;

namespace Decant.Tests.Connectors.Torch;

/// <summary>The differentiable transformer against the float64 reference, its gradients against differences, and its files against the CPU engine.</summary>
public sealed class TorchTransformerTests : IDisposable
{
    private readonly List<string> _folders = [];

    public static IEnumerable<object[]> Families => TinyCheckpoint.Families;

    public void Dispose() => _folders.ForEach(folder => Directory.Delete(folder, recursive: true));

    [TorchTheory]
    [MemberData(nameof(Families))]
    public void Logits_of_every_position_agree_with_the_reference(string family)
    {
        var folder = Write(family);
        using var checkpoint = Checkpoint.Open(folder);
        var expected = new ReferenceTransformer(checkpoint).Logits(Ids(29)).SelectMany(row => row).ToArray();
        using var transformer = TorchTransformer.Load(folder);
        using var scope = NewDisposeScope();
        var logits = transformer.Forward(Batch(Ids(29)));
        Assert.Equal([1, 29, TinyCheckpoint.Vocabulary], logits.shape);
        var actual = logits.data<float>().ToArray();
        var largest = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++) Assert.InRange(actual[i], expected[i] - 1e-5 * largest, expected[i] + 1e-5 * largest);
    }

    [TorchTheory]
    [MemberData(nameof(Families))]
    public void Gradients_agree_with_differences(string family)
    {
        using var transformer = TorchTransformer.Load(Write(family), dtype: ScalarType.Float64);
        using var scope = NewDisposeScope();
        var (ids, targets) = (Batch(Ids(12)), tensor(Ids(12), ScalarType.Int64).roll(-1, 0));
        Tensor Loss() => nn.functional.cross_entropy(transformer.Forward(ids).view(12, -1), targets);
        Loss().backward();

        var random = new Random(2);
        foreach (var (name, parameter) in transformer.Parameters)
        {
            // The derivative along a random direction, from both sides.
            var direction = tensor([.. Enumerable.Range(0, (int)parameter.numel()).Select(_ => random.NextDouble() - 0.5)], parameter.shape, ScalarType.Float64);
            var expected = (parameter.grad! * direction).sum().item<double>();
            double Shifted(double step)
            {
                using var _ = no_grad();
                parameter.add_(direction, step);
                var loss = Loss().item<double>();
                parameter.add_(direction, -step);
                return loss;
            }

            var actual = (Shifted(1e-5) - Shifted(-1e-5)) / 2e-5;
            Assert.True(Math.Abs(actual - expected) <= 1e-6 + 1e-5 * Math.Abs(expected), $"{name}: gradient {expected}, difference {actual}");
        }
    }

    [TorchTheory]
    [MemberData(nameof(Families))]
    public async Task A_new_model_saved_is_the_same_on_the_cpu_engine(string family)
    {
        var folder = Write(family);
        using var transformer = TorchTransformer.Create(Checkpoint.ReadConfig(folder), seed: 7);
        transformer.Save(Path.Combine(folder, "model.safetensors"));
        using var model = CpuModel.Load(folder);
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(Ids(20)) { Logits = LogitsRows.All });
        using var scope = NewDisposeScope();
        var actual = transformer.Forward(Batch(Ids(20))).data<float>().ToArray();
        Assert.Contains(actual, value => Math.Abs(value) > 0.01);
        for (var row = 0; row < 20; row++)
        {
            for (var id = 0; id < TinyCheckpoint.Vocabulary; id++)
                Assert.InRange(actual[row * TinyCheckpoint.Vocabulary + id], result.Logits(row)[id] - 1e-5f, result.Logits(row)[id] + 1e-5f);
        }
    }

    [TorchFact]
    public void The_seed_decides_the_weights()
    {
        var config = Checkpoint.ReadConfig(Write("qwen2"));
        using var first = TorchTransformer.Create(config, seed: 7);
        using var same = TorchTransformer.Create(config, seed: 7);
        using var other = TorchTransformer.Create(config, seed: 8);
        Assert.Equal(first.Parameters.Keys, same.Parameters.Keys);
        Assert.Contains("model.layers.0.self_attn.q_proj.bias", first.Parameters.Keys);
        using var scope = NewDisposeScope();
        Assert.All(first.Parameters, entry => Assert.True(entry.Value.equal(same.Parameters[entry.Key]).all().item<bool>()));
        Assert.False(first.Parameters["model.embed_tokens.weight"].equal(other.Parameters["model.embed_tokens.weight"]).all().item<bool>());
    }

    [TorchFact]
    public void A_forward_and_its_gradients_leave_no_tensors_behind()
    {
        using var transformer = TorchTransformer.Load(Write("llama"));
        long Step(int length)
        {
            using (NewDisposeScope())
            {
                var loss = transformer.Forward(Batch(Ids(length))).square().mean();
                loss.backward();
                foreach (var parameter in transformer.Parameters.Values) parameter.grad?.zero_();
            }

            return DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        }

        var before = Step(20);
        for (var i = 0; i < 20; i++) Assert.Equal(before, Step(5 + i % 3));
    }

    [TorchFact]
    public void Ids_of_the_wrong_shape_are_refused()
    {
        using var transformer = TorchTransformer.Load(Write("llama"));
        using var scope = NewDisposeScope();
        Assert.Contains("[batch, length]", Assert.Throws<ArgumentException>(() => transformer.Forward(tensor(Ids(4), ScalarType.Int64))).Message);
        Assert.Throws<ArgumentException>(() => transformer.Forward(Batch(new int[257])));
    }

    private static int[] Ids(int count)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(TinyCheckpoint.Vocabulary))];
    }

    private static Tensor Batch(int[] ids) => tensor(ids, ScalarType.Int64).unsqueeze(0);

    private string Write(string family)
    {
        _folders.Add(TinyCheckpoint.Write(family));
        return _folders[^1];
    }
}
