using Decant.Connectors.Cpu;
using Decant.Connectors.Models;
using Decant.Connectors.Torch;
using Decant.Decoding;

namespace Decant.Samples.GpuCheck;

/// <summary>Compares the device with the CPU engine, which the tests hold against a float64 reference.</summary>
internal static class CorrectnessCheck
{
    // Twice the worst seen of bfloat16, float16 and int8 on the families' tiny models.
    private const double RoundingTolerance = 0.07;

    private static readonly int[] _prompt = [.. Enumerable.Range(0, 200).Select(i => (i * 37 + 11) % 500)];

    private static readonly int[] _tree = [-1, -1, 0, 2, 1];

    public static async Task<Correctness> RunAsync(Arguments arguments)
    {
        var folder = Shape.Find("tiny").Write(arguments.Folder, ElementType.F32);
        try
        {
            using var cpu = CpuModel.Load(folder, new CpuModelOptions { Weights = WeightFormat.Float32 });
            using var exact = TorchModel.Load(folder, new TorchModelOptions { Devices = [arguments.Device], Weights = TorchWeightFormat.Float32 });
            using var asked = TorchModel.Load(folder, new TorchModelOptions { Devices = [arguments.Device], Weights = arguments.Weights });
            var expected = await PromptAsync(cpu);
            var float32 = LargestError(expected, await PromptAsync(exact));
            var batch = LargestError(await BatchAsync(cpu), await BatchAsync(exact));
            var greedy = (await GreedyAsync(cpu)).SequenceEqual(await GreedyAsync(exact));
            var tolerance = arguments.Device == "cpu" ? 1e-4 : 1e-3;
            var rounded = MeanError(expected, await PromptAsync(asked));
            return new Correctness(float32 <= tolerance && batch <= tolerance && greedy && rounded <= RoundingTolerance, float32, batch, rounded, greedy);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<float[]> PromptAsync(ICausalModel model)
    {
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(_prompt) { Logits = LogitsRows.All });
        return Copy(result);
    }

    /// <summary>Two decodes at different lengths, a prompt and a tree in one forward, then what follows the tree's commit.</summary>
    private static async Task<float[]> BatchAsync(ICausalModel model)
    {
        int[] cached = [70, 3, 0, 9];
        var sequences = cached.Select(_ => model.OpenSequence()).ToList();
        for (var i = 0; i < cached.Length; i++)
        {
            if (cached[i] > 0) (await sequences[i].ForwardAsync(new ForwardInput(_prompt.AsMemory(0, cached[i])))).Dispose();
        }

        var results = await model.ForwardAsync(new SequenceForward[]
        {
            new(sequences[0], new ForwardInput(_prompt.AsMemory(70, 1))),
            new(sequences[1], new ForwardInput(_prompt.AsMemory(3, 1))),
            new(sequences[2], new ForwardInput(_prompt.AsMemory(0, 12)) { Logits = LogitsRows.All }),
            new(sequences[3], new ForwardInput(_prompt.AsMemory(20, 5)) { Parents = _tree, Logits = LogitsRows.All }),
        });
        var rows = results.SelectMany(Copy).ToList();
        foreach (var result in results) result.Dispose();
        sequences[3].Commit([0, 2, 3]);
        using (var after = await sequences[3].ForwardAsync(new ForwardInput(_prompt.AsMemory(30, 1)))) rows.AddRange(Copy(after));
        sequences.ForEach(sequence => sequence.Dispose());
        return [.. rows];
    }

    private static async Task<List<int>> GreedyAsync(ICausalModel model)
    {
        using var sequence = model.OpenSequence();
        var ids = new List<int>();
        ReadOnlyMemory<int> next = _prompt.AsMemory(0, 20);
        while (ids.Count < 40)
        {
            using var result = await sequence.ForwardAsync(new ForwardInput(next));
            ids.Add(result.ArgMax(0));
            next = new[] { ids[^1] };
        }

        return ids;
    }

    private static float[] Copy(ForwardResult result) => [.. Enumerable.Range(0, result.LogitsRowCount).SelectMany(row => result.Logits(row).ToArray())];

    // What is no number compares as no error: it must count as the largest.
    private static double LargestError(float[] expected, float[] actual) => Array.TrueForAll(actual, float.IsFinite)
        ? expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second)) / expected.Max(Math.Abs)
        : double.PositiveInfinity;

    private static double MeanError(float[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / expected.Sum(value => value * (double)value));
}
