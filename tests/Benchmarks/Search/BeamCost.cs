using System.Diagnostics;
using Decant.Connectors.Cpu;
using Decant.Decoding;

namespace Decant.Benchmarks.Search;

/// <summary>What a step of eight beams costs beside a token of greedy decoding, and what their keys and values take, with a model of the 135M shape with random weights.</summary>
internal static class BeamCost
{
    private const int Beams = 8;
    private const string Watch = "watch";
    private static readonly int[] _prompt = [.. Enumerable.Range(0, 512).Select(i => 100 + (i * 53 % 7000))];

    /// <summary>Measures with each weight format.</summary>
    /// <param name="report">Receives the figures.</param>
    /// <param name="rounds">Rounds of one run each way, in turns, besides one to warm up.</param>
    /// <param name="tokens">Steps that a run is timed over.</param>
    public static async Task MeasureAsync(Report report, int rounds = 7, int tokens = 64)
    {
        foreach (var weights in (WeightFormat[])[WeightFormat.Int8, WeightFormat.BFloat16, WeightFormat.Float32])
        {
            await RandomModel.MeasureAsync(
                new EngineArguments(Shape.Find("smollm2-135m"), weights, 64, 0, null), (model, _, _) => MeasureAsync(report, model, $"beam_{weights.ToString().ToLowerInvariant()}", rounds, tokens));
        }
    }

    private static async Task MeasureAsync(Report report, CpuModel model, string name, int rounds, int tokens)
    {
        var (plain, beam) = (new DecodingOptions { Sampling = new GreedyOptions() }, new DecodingOptions { Sampling = new GreedyOptions(), Search = new BeamOptions { Beams = Beams } });
        var (steps, shares) = (new List<double>(), new List<double>());
        using var prompt = model.OpenSequence();
        (await prompt.ForwardAsync(new ForwardInput(_prompt.AsMemory(0, _prompt.Length - 1)) { Logits = LogitsRows.None })).Dispose();
        for (var round = -1; round < rounds; round++)
        {
            var before = await StepAsync(prompt, plain, tokens);
            var step = await StepAsync(prompt, beam, tokens);
            var after = await StepAsync(prompt, plain, tokens);
            if (round < 0) continue;
            steps.Add(step);
            shares.Add(2 * step / (before + after));
        }

        report.Add($"{name}_step_milliseconds", steps, 2);
        report.Add($"{name}_step_to_greedy_token", shares, 2);
        prompt.Truncate(0);
        report.Add($"{name}_kv_mib_per_sequence_shared", Math.Round(await PeakAsync(model, beam, tokens) / 1048576.0 / Beams, 2));
        report.Add($"{name}_kv_mib_per_sequence_unshared", Math.Round(await PeakAsync(model, plain, tokens) / 1048576.0, 2));
    }

    /// <summary>Milliseconds per step: of a run with so many more tokens than another, the difference. The prompt's last token and the first one written are in both.</summary>
    private static async Task<double> StepAsync(ISequence prompt, DecodingOptions options, int tokens)
    {
        var plan = DecodingPlan.Compile(options, new PlanContext { Model = prompt.Model.Info });
        using ISequence longer = prompt.Fork(), shorter = prompt.Fork();
        return (await RunAsync(longer, plan, tokens + 1) - await RunAsync(shorter, plan, 1)).TotalMilliseconds / tokens;
    }

    /// <summary>Most bytes that keys and values take while a run goes on.</summary>
    private static async Task<long> PeakAsync(CpuModel model, DecodingOptions options, int tokens)
    {
        var peak = 0L;
        var services = new DecodingServices().Add<ProcessorFactory>(Watch, _ => new Watcher(() => peak = Math.Max(peak, model.Pages.BytesInUse)));
        using var sequence = model.OpenSequence();
        await RunAsync(sequence, DecodingPlan.Compile(options with { Processors = [new CustomProcessorOptions { Name = Watch }] }, new PlanContext { Model = model.Info, Services = services }), tokens + 1);
        return peak;
    }

    private static async Task<TimeSpan> RunAsync(ISequence sequence, DecodingPlan plan, int tokens)
    {
        var request = new GenerationRequest { Sequence = sequence, Cached = _prompt.AsMemory(0, sequence.Length), Prompt = _prompt.AsMemory(sequence.Length), Plan = plan, MaxTokens = tokens };
        var watch = Stopwatch.StartNew();
        await foreach (var _ in Generator.GenerateAsync(request))
        {
        }

        return watch.Elapsed;
    }

    /// <summary>Looks on at every row and leaves it as it is.</summary>
    private sealed class Watcher(Action look) : ILogitProcessor
    {
        public void Apply(GenerationState state, Span<float> logits) => look();

        public void Commit(int token)
        {
        }

        public void Rollback(int tokenCount)
        {
        }

        public IRowProcessor Fork() => this;
    }
}
