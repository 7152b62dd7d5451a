using System.Diagnostics;
using Decant.Connectors.Cpu;
using Decant.Decoding;

namespace Decant.Benchmarks;

/// <summary>What a token costs that is decoded from a contrast of two prompts, beside one that is decoded plainly.</summary>
internal static class ContrastBenchmark
{
    private const int Tokens = 64;
    private const int Rounds = 9;

    // The contrasted prompt lacks a passage in the middle, as a call's documents do.
    private static readonly int[] _prompt = [.. Enumerable.Range(100, 128)];
    private static readonly int[] _without = [.. _prompt[..16], .. _prompt[64..]];

    private static readonly (string Name, ContrastOptions Options)[] _contrasts =
    [
        ("context_aware", new ContextAwareOptions()), ("adaptive_context_aware", new AdaptiveContextAwareOptions()),
        ("entropy_constrained_context", new EntropyConstrainedContextOptions()), ("guidance", new GuidanceOptions()),
    ];

    public static Task RunAsync(EngineArguments arguments) => RandomModel.MeasureAsync(arguments, MeasureAsync);

    private static async Task MeasureAsync(CpuModel model, int threads, Report report)
    {
        report.Add("rounds", Rounds);
        foreach (var (name, options) in _contrasts)
        {
            var (plain, contrasted) = (Plan(null), Plan(options));
            await MillisecondsAsync(model, plain);
            await MillisecondsAsync(model, contrasted);
            var rounds = new List<(double Plain, double Contrast)>();

            // A machine's speed drifts within seconds, so each contrast is set against the plain run right beside it.
            for (var round = 0; round < Rounds; round++) rounds.Add((await MillisecondsAsync(model, plain), await MillisecondsAsync(model, contrasted)));
            report.Add($"{name}_plain_ms", rounds.Select(round => round.Plain), 2);
            report.Add($"{name}_ms", rounds.Select(round => round.Contrast), 2);
            report.Add($"{name}_over_plain", rounds.Select(round => round.Contrast / round.Plain), 3);
            report.Add($"{name}_row_microseconds", Math.Round(RowMicroseconds(contrasted, model.Info.VocabularySize) - RowMicroseconds(plain, model.Info.VocabularySize)));
        }
    }

    private static DecodingPlan Plan(ContrastOptions? contrast) => DecodingPlan.Compile(new DecodingOptions { Contrast = contrast, Sampling = new SamplingOptions { Temperature = 0 } });

    /// <summary>Milliseconds per token after the first.</summary>
    private static async Task<double> MillisecondsAsync(CpuModel model, DecodingPlan plan)
    {
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = _prompt, Plan = plan, MaxTokens = Tokens + 1, Branches = plan.Contrast is null ? [] : [new BranchSource(_without)] };
        var watch = new Stopwatch();
        await foreach (var _ in Generator.GenerateAsync(request)) watch.Start();
        return watch.Elapsed.TotalMilliseconds / Tokens;
    }

    /// <summary>Microseconds from two rows of logits to a distribution: the best of many.</summary>
    private static double RowMicroseconds(DecodingPlan plan, int vocabularySize)
    {
        var random = new Random(1);
        BranchRow[] rows = [.. Enumerable.Range(0, plan.Contrast?.Branches.Count ?? 1).Select(_ => new BranchRow(new Row([.. Enumerable.Range(0, vocabularySize).Select(_ => random.NextSingle() * 10)]), 0))];
        var (state, distribution) = (plan.CreateState([0]), new TokenDistribution());
        var best = double.MaxValue;
        for (var i = 0; i < 300; i++)
        {
            var start = Stopwatch.GetTimestamp();
            plan.Target.Row(new BranchRows(rows), state, distribution);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        return best;
    }

    private sealed class Row(float[] logits) : ForwardResult
    {
        public override int RowCount => 1;

        public override int LogitsRowCount => 1;

        public override ReadOnlySpan<float> Logits(int row) => logits;

        public override ReadOnlySpan<float> Hidden(int layer, int row) => throw new NotSupportedException();

        public override ReadOnlySpan<float> FinalHidden(int row) => throw new NotSupportedException();

        public override ReadOnlySpan<float> EarlyExit(int layer, int row) => throw new NotSupportedException();

        public override ReadOnlySpan<float> Attention(int layer, int row, int head) => throw new NotSupportedException();

        public override ReadOnlySpan<float> Router(int layer, int row) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
