using System.Text.Json.Nodes;
using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Connectors.Torch;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Torch;

/// <summary>One tiny checkpoint on both engines, and comparisons between them.</summary>
internal sealed class EnginePair : IDisposable
{
    private readonly string _folder;

    public EnginePair(string family, TorchModelOptions? options = null, ElementType type = ElementType.F32, Action<JsonObject>? edit = null)
    {
        _folder = TinyCheckpoint.Write(family, type: type, edit: edit);
        Cpu = CpuModel.Load(_folder, new CpuModelOptions { Threads = 1 });
        Torch = TorchModel.Load(_folder, options ?? new TorchModelOptions { Devices = ["cpu"], CacheTokens = 64 });
    }

    public CpuModel Cpu { get; }

    public TorchModel Torch { get; }

    public static int[] Ids(int count, int seed = 5)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(TinyCheckpoint.Vocabulary))];
    }

    /// <summary>The CPU engine's logits of every row of a text.</summary>
    public Task<float[][]> Expected(IEnumerable<int> ids) => Rows(Cpu, ids);

    public static async Task<float[][]> Rows(ICausalModel model, IEnumerable<int> ids)
    {
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids.ToArray()) { Logits = LogitsRows.All });
        return Copy(result);
    }

    public static float[][] Copy(ForwardResult result) => [.. Enumerable.Range(0, result.LogitsRowCount).Select(row => result.Logits(row).ToArray())];

    public static void AssertClose(IReadOnlyList<float[]> expected, IReadOnlyList<float[]> actual, float tolerance = 1e-4f, string what = "logits")
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var row = 0; row < expected.Count; row++) AssertClose(expected[row], actual[row], $"{what} of row {row}", tolerance);
    }

    /// <summary>Differences stay within the tolerance times the largest value, or times 1 if that is more.</summary>
    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what, float tolerance = 1e-4f)
    {
        Assert.Equal(expected.Length, actual.Length);
        var bound = tolerance * Math.Max(1, System.Numerics.Tensors.TensorPrimitives.MaxMagnitude(expected));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Math.Abs(bound), $"{what}, element {i}: expected {expected[i]}, got {actual[i]}");
    }

    public void Dispose()
    {
        Cpu.Dispose();
        Torch.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
