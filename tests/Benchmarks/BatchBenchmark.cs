using System.Diagnostics;
using Decant.Connectors.Cpu;
using Decant.Decoding;

namespace Decant.Benchmarks;

/// <summary>What callers at the same time get out of one engine: tokens per second, the wait beside a long prompt, fairness, and the same texts as alone. Random weights, greedy.</summary>
internal static class BatchBenchmark
{
    private const int Streams = 16;
    private const int Short = 32;
    private const int Long = 4000;
    private const int Rounds = 7;

    public static Task RunAsync(EngineArguments arguments) => RandomModel.MeasureAsync(arguments, (model, _, report) => MeasureAsync(model, report));

    private static async Task MeasureAsync(CpuModel model, Report report)
    {
        await MeasureThroughputAsync(model, report);
        await MeasureWaitAsync(model, report);
        await CompareTextsAsync(model, report);
    }

    private static async Task MeasureThroughputAsync(CpuModel model, Report report, int tokens = 96)
    {
        var (one, many, gain, slowest) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var before = (await StreamAsync(model, 0, tokens)).Rate;
            var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(stream => Task.Run(() => StreamAsync(model, stream, tokens))));
            var after = (await StreamAsync(model, 0, tokens)).Rate;
            if (round < 0) continue;
            var together = Streams * (tokens - 1) / (streams.Max(stream => stream.End) - streams.Max(stream => stream.First)).TotalSeconds;
            one.Add((before + after) / 2);
            many.Add(together);
            gain.Add(together / ((before + after) / 2));
            slowest.Add(streams.Min(stream => stream.Rate) / streams.Average(stream => stream.Rate));
        }

        report.Add("one_stream_tokens_per_second", one, 1);
        report.Add($"streams_{Streams}_tokens_per_second", many, 1);
        report.Add($"streams_{Streams}_over_one", gain, 2);
        report.Add("slowest_stream_to_mean_rate", slowest, 2);
    }

    private static async Task MeasureWaitAsync(CpuModel model, Report report)
    {
        var random = new Random(3);
        var (alone, beside, streaming, shares) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var unloaded = new List<double>();
            for (var i = 0; i < 3; i++) unloaded.Add((await StreamAsync(model, 1, 2)).Wait);
            var first = Task.Run(() => StreamAsync(model, 2, 1, Long));
            var loaded = new List<double>();
            while (!first.IsCompleted)
            {
                await Task.Delay(random.Next(30, 200));
                var wait = (await StreamAsync(model, 3, 2)).Wait;
                if (!first.IsCompleted) loaded.Add(wait);
            }

            await first;
            if (round < 0) continue;
            alone.AddRange(unloaded);
            beside.AddRange(loaded);
            shares.Add(Median(loaded) / Median(unloaded));

            // A stream that was there before the long prompt came.
            first = Task.Run(() => StreamAsync(model, 2, 1, Long));
            var stream = await StreamAsync(model, 4, 60);
            if (!first.IsCompleted) streaming.Add(1000 / stream.Rate);
            await first;
        }

        foreach (var length in (int[])[512, Long])
        {
            var rates = new List<double>();
            for (var i = 0; i < 3; i++) rates.Add(1000 * length / (await StreamAsync(model, 5, 1, length)).Wait);
            report.Add($"prompt_{length}_tokens_per_second", rates, 0);
        }

        report.Add("first_token_alone_ms", alone, 1);
        report.Add($"first_token_beside_{Long}_prompt_ms", beside, 1);
        report.Add("first_token_beside_over_alone", shares, 2);
        report.Add("first_token_beside_n", beside.Count);
        report.Add("token_of_a_stream_beside_ms", streaming, 1);
    }

    private static async Task CompareTextsAsync(CpuModel model, Report report, int tokens = 48)
    {
        var together = await Task.WhenAll(Enumerable.Range(0, Streams).Select(stream => Task.Run(() => StreamAsync(model, stream, tokens, Short * (1 + stream)))));
        var same = 0;
        for (var stream = 0; stream < Streams; stream++)
        {
            if ((await StreamAsync(model, stream, tokens, Short * (1 + stream))).Ids.SequenceEqual(together[stream].Ids)) same++;
        }

        report.Add("same_texts_as_alone", $"{same} of {Streams}");
    }

    private static async Task<Measured> StreamAsync(CpuModel model, int seed, int tokens, int prompt = Short)
    {
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest
        {
            Sequence = sequence,
            Prompt = Enumerable.Range(0, prompt).Select(i => 100 + (((i + (1009 * seed)) * 53) % 7000)).ToArray(),
            Plan = DecodingPlan.Compile(new DecodingOptions { Sampling = new GreedyOptions() }, new PlanContext { Model = model.Info }),
            MaxTokens = tokens,
        };
        var ids = new List<int>(tokens);
        var (start, first) = (Stopwatch.GetTimestamp(), 0L);
        await foreach (var token in Generator.GenerateAsync(request))
        {
            if (ids.Count == 0) first = Stopwatch.GetTimestamp();
            ids.Add(token.Id);
        }

        return new Measured(ids, start, first, Stopwatch.GetTimestamp());
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed record Measured(List<int> Ids, long StartTicks, long FirstTicks, long EndTicks)
    {
        public TimeSpan First => Stopwatch.GetElapsedTime(0, FirstTicks);

        public TimeSpan End => Stopwatch.GetElapsedTime(0, EndTicks);

        /// <summary>Milliseconds to the first token.</summary>
        public double Wait => Stopwatch.GetElapsedTime(StartTicks, FirstTicks).TotalMilliseconds;

        /// <summary>Tokens per second behind the first.</summary>
        public double Rate => (Ids.Count - 1) / (End - First).TotalSeconds;
    }
}
