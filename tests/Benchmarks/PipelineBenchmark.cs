using System.Diagnostics;
using Decant.Decoding;

namespace Decant.Benchmarks;

/// <summary>What decoding costs per token on the host besides the model: row, draw and commit, over logits with a few peaks above a wide bulk.</summary>
internal static class PipelineBenchmark
{
    private const int Runs = 21;
    private const int StepsPerRun = 100;
    private const int History = 200;
    private const int Rows = 4;

    public static async Task RunAsync(string[] args)
    {
        var json = Report.FileOf(args);
        var report = new Report();
        foreach (var vocabulary in (int[])[32_000, 128_000])
        {
            Measure(report, $"{vocabulary / 1000}k_greedy", vocabulary, new GreedyOptions());
            Measure(report, $"{vocabulary / 1000}k_temperature", vocabulary, new SamplingOptions { Temperature = 0.8f });
            Measure(report, $"{vocabulary / 1000}k_top_p", vocabulary, new SamplingOptions { TopP = 0.9f });
            Measure(report, $"{vocabulary / 1000}k_full", vocabulary, new SamplingOptions { Temperature = 0.8f, TopP = 0.95f }, new HalfOptions(),
                new RepetitionPenaltyOptions { Penalty = 1.1f, Window = History }, new FrequencyPresenceOptions { Frequency = 0.2f, Presence = 0.2f });
        }

        await report.SaveAsync(json);
    }

    private static void Measure(Report report, string name, int vocabulary, SamplerOptions sampling, ConstraintOptions? constraint = null, params ProcessorOptions[] processors)
    {
        var plan = DecodingPlan.Compile(
            new DecodingOptions { Sampling = sampling with { Seed = 1 }, Processors = [.. processors], Constraints = constraint is null ? null : [constraint] },
            new PlanContext { Model = new ModelInfo("none", vocabulary, 1, 1, 1, 4096, default) });
        var rows = Enumerable.Range(0, Rows).Select(seed => Logits(vocabulary, seed)).ToArray();
        var state = plan.CreateState([0]);
        var distribution = new TokenDistribution();
        var step = 0;
        void Step()
        {
            plan.Target.Row(new BranchRows(rows[step++ % Rows]), state, distribution);
            state.Commit(Sampler.Draw(distribution, state.Noise, state.Position), distribution);
        }

        // The runtime compiles what runs often once more, on a thread of its own.
        for (var warm = Stopwatch.StartNew(); warm.ElapsedMilliseconds < 500;) Step();
        var runs = new List<double>();
        var allocated = 0L;
        for (var run = 0; run < Runs; run++)
        {
            // Every run begins with the same history.
            state.Rollback(state.Position - state.PromptLength);
            for (var i = 0; i < History; i++) Step();
            var before = GC.GetAllocatedBytesForCurrentThread();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < StepsPerRun; i++) Step();
            runs.Add(watch.Elapsed.TotalMicroseconds / StepsPerRun);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        report.Add($"{name}_microseconds", runs, 1);
        report.Add($"{name}_bytes_per_token", allocated / StepsPerRun);
    }

    private static float[] Logits(int vocabulary, int seed)
    {
        var random = new Random(seed);
        var logits = new float[vocabulary];
        for (var id = 0; id < vocabulary; id++) logits[id] = (float)(1.5 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        for (var peak = 0; peak < 30; peak++) logits[random.Next(vocabulary)] = 12 + (6 * random.NextSingle());
        return logits;
    }

    /// <summary>Allows a random half of the vocabulary.</summary>
    private sealed record HalfOptions : ConstraintOptions
    {
        public override string Kind => "half";

        public override IConstraint Compile(PlanContext context)
        {
            var mask = new ulong[(context.Model.VocabularySize + 63) >> 6];
            var random = new Random(9);
            foreach (ref var bits in mask.AsSpan()) bits = (ulong)random.NextInt64() << 1 | (uint)random.Next(2);
            return new Half(mask);
        }
    }

    private sealed class Half(ulong[] allowed) : IConstraint
    {
        public string Name => "half";

        public bool Accepting => true;

        public void FillMask(Span<ulong> mask)
        {
            for (var i = 0; i < mask.Length; i++) mask[i] &= allowed[i];
        }

        public bool TryAccept(int token) => (allowed[token >> 6] >> (token & 63) & 1) == 1;

        public void Rollback(int tokenCount)
        {
        }

        public IConstraint Fork() => this;
    }
}
