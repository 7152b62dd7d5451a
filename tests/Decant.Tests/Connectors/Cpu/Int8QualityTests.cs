using System.Text.Json;
using Decant.Connectors.Cpu;
using Xunit.Abstractions;

namespace Decant.Tests.Connectors.Cpu;

/// <summary>What int8 weights cost on a trained model, and that the group size is honoured.</summary>
public class Int8QualityTests(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Int8_stays_close_to_float32_and_groups_are_closer_than_rows()
    {
        var folder = TestData.Path("weights/stories260K-hf");
        using var golden = JsonDocument.Parse(File.ReadAllText(TestData.Path("weights/stories260K/stories260K.golden.json")));
        int[] ids = [1, .. golden.RootElement.GetProperty("prompts")[0].GetProperty("greedy_ids").EnumerateArray().Select(id => id.GetInt32())];
        var exact = await Rows(folder, ids, new CpuModelOptions { Weights = WeightFormat.Float32 });
        async Task<double> Divergence(CpuModelOptions options)
        {
            var divergence = exact.Zip(await Rows(folder, ids, options), Kl).Average();
            output.WriteLine($"{options.Weights}, group {options.Int8GroupSize}: mean KL {divergence:E2} nats over {ids.Length} positions");
            return divergence;
        }

        var groups = await Divergence(new CpuModelOptions { Weights = WeightFormat.Int8, Int8GroupSize = 32 });
        var rows = await Divergence(new CpuModelOptions { Weights = WeightFormat.Int8, Int8GroupSize = 0 });
        var half = await Divergence(new CpuModelOptions { Weights = WeightFormat.BFloat16 });
        Assert.InRange(groups, 0, 1e-3);
        Assert.InRange(half, 0, 1e-3);
        Assert.True(groups < rows);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-1)]
    public void Group_sizes_without_a_kernel_are_named(int size) =>
        Assert.Contains("Int8GroupSize takes", Assert.Throws<ArgumentOutOfRangeException>(() => CpuModel.Load("x", new CpuModelOptions { Int8GroupSize = size })).Message);

    private static double Kl(double[] p, double[] q) => p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();

    private static async Task<List<double[]>> Rows(string folder, int[] ids, CpuModelOptions options)
    {
        using var model = CpuModel.Load(folder, options);
        using var sequence = model.OpenSequence();
        using var result = await sequence.ForwardAsync(new ForwardInput(ids) { Logits = LogitsRows.All });
        return [.. Enumerable.Range(0, ids.Length).Select(row => TextbookSampling.Distribution(result.Logits(row), new SamplingOptions()))];
    }
}
