using System.Diagnostics;
using Decant.Connectors.Cpu;
using Decant.Decoding;

namespace Decant.Benchmarks;

/// <summary>Decode, verification and prefill of the CPU engine at a named shape, beside what the machine's memory allows.</summary>
internal static class EngineBenchmark
{
    private const int Context = 128;
    private const int Rounds = 9;

    public static Task RunAsync(EngineArguments arguments) => RandomModel.MeasureAsync(arguments, MeasureAsync);

    private static async Task MeasureAsync(CpuModel model, int threads, Report report)
    {
        await MeasureDecodeAsync(model, threads, report);

        var one = 0.0;
        foreach (var rows in (int[])[1, 2, 4, 8, 16, 32])
        {
            var milliseconds = await ForwardMillisecondsAsync(model, rows, 15);
            if (rows == 1) one = milliseconds;
            report.Add($"verify_{rows}_ms", Round(milliseconds, 3));
            report.Add($"verify_{rows}_over_1", Round(milliseconds / one, 2));
        }

        report.Add("prefill_512_tokens_per_second", Round(await PrefillAsync(model, 512)));
        report.Add("peak_memory_mib", Round(Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0));
    }

    // Memory speed drifts within seconds on a shared machine, so each decode is set against the bandwidth measured right beside it.
    private static async Task MeasureDecodeAsync(CpuModel model, int threads, Report report)
    {
        var rounds = new List<(double Decode, double Bandwidth, double Fraction)>();
        using var memory = new MemoryBandwidth(model.WeightBytes, threads);
        await DecodeAsync(model);
        for (var round = 0; round < Rounds; round++)
        {
            var before = memory.Measure();
            var decode = await DecodeAsync(model);
            var bandwidth = Math.Max(before, memory.Measure());
            rounds.Add((decode, bandwidth, decode * model.WeightBytes / bandwidth));
        }

        var fractions = rounds.Select(round => round.Fraction).Order().ToList();
        report.Add("decode_tokens_per_second_best", Round(rounds.Max(round => round.Decode)));
        report.Add("decode_tokens_per_second_median", Round(rounds.Select(round => round.Decode).Order().ElementAt(Rounds / 2)));
        report.Add("read_bandwidth_gb_per_second_best", Round(rounds.Max(round => round.Bandwidth) / 1e9));
        report.Add("decode_fraction_of_bandwidth_median", Round(fractions[Rounds / 2], 3));
        report.Add("decode_fraction_of_bandwidth_range", $"{fractions[0]:F3}-{fractions[^1]:F3}");
    }

    private static async Task<double> DecodeAsync(CpuModel model)
    {
        using var sequence = await PrefilledAsync(model);
        var id = new int[1];
        var steps = model.WeightBytes > 500 << 20 ? 20 : 100;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < steps; i++)
        {
            using var result = await sequence.ForwardAsync(new ForwardInput(id));
            id[0] = result.ArgMax(0);
            sequence.Truncate(Context);
        }

        return steps / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> ForwardMillisecondsAsync(CpuModel model, int rows, int repeats)
    {
        using var sequence = await PrefilledAsync(model);
        var best = double.MaxValue;
        var ids = new int[rows];
        for (var i = 0; i < repeats; i++)
        {
            var watch = Stopwatch.StartNew();
            (await sequence.ForwardAsync(new ForwardInput(ids) { Logits = LogitsRows.All })).Dispose();
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds);
            sequence.Truncate(Context);
        }

        return best;
    }

    private static async Task<double> PrefillAsync(CpuModel model, int tokens)
    {
        var best = double.MaxValue;
        for (var repeat = 0; repeat < 3; repeat++)
        {
            using var sequence = model.OpenSequence();
            var watch = Stopwatch.StartNew();
            (await sequence.ForwardAsync(new ForwardInput(new int[tokens]))).Dispose();
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }

        return tokens / best;
    }

    private static async Task<ISequence> PrefilledAsync(CpuModel model)
    {
        var sequence = model.OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(new int[Context]) { Logits = LogitsRows.None })).Dispose();
        return sequence;
    }

    private static double Round(double value, int digits = 1) => Math.Round(value, digits);
}
