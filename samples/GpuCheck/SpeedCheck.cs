using System.Diagnostics;
using Decant.Connectors.Torch;
using Decant.Decoding;

namespace Decant.Samples.GpuCheck;

/// <summary>Times a model. Every forward ends with its rows on the host, so the clock sees the device's work.</summary>
internal sealed class SpeedCheck(TorchModel model, int rounds)
{
    private const int Context = 128;
    private const int StepsPerRound = 32;

    public async Task<Speed> RunAsync(string shape, string weights, double loadSeconds, double copyGigabytesPerSecond)
    {
        var decode1 = await DecodeAsync(1);
        var decode32 = await DecodeAsync(32);
        var verify = new SortedDictionary<int, Spread>();
        foreach (var rows in (int[])[1, 2, 4, 8, 16, 32]) verify[rows] = await VerifyAsync(rows);
        return new Speed(
            shape, weights, Math.Round(model.WeightBytes / 1e6, 1), Math.Round(loadSeconds, 2), decode1, decode32,
            Math.Round(decode1.Median * model.WeightBytes / 1e9 / copyGigabytesPerSecond, 3), verify, await PrefillAsync(512), await PrefillAsync(2048));
    }

    /// <summary>Tokens per second, all sequences together, each fed its own likeliest token.</summary>
    private async Task<Spread> DecodeAsync(int sequences)
    {
        var opened = new List<(ISequence Sequence, int[] Id)>();
        for (var i = 0; i < sequences; i++) opened.Add((await PrefilledAsync(i), [i]));
        async Task<double> Round()
        {
            foreach (var (sequence, _) in opened) sequence.Truncate(Context);
            var watch = Stopwatch.StartNew();
            for (var step = 0; step < StepsPerRound; step++)
            {
                var results = await model.ForwardAsync(opened.Select(entry => new SequenceForward(entry.Sequence, new ForwardInput(entry.Id))).ToArray());
                for (var i = 0; i < results.Length; i++)
                {
                    using var result = results[i];
                    opened[i].Id[0] = result.ArgMax(0);
                }
            }

            return sequences * StepsPerRound / watch.Elapsed.TotalSeconds;
        }

        var spread = await RoundsAsync(Round);
        foreach (var (sequence, _) in opened) sequence.Dispose();
        return spread;
    }

    /// <summary>Milliseconds of a forward that checks <paramref name="rows"/> rows.</summary>
    private async Task<Spread> VerifyAsync(int rows)
    {
        using var sequence = await PrefilledAsync(0);
        var ids = Enumerable.Range(1, rows).ToArray();
        return await RoundsAsync(async () =>
        {
            var watch = Stopwatch.StartNew();
            (await sequence.ForwardAsync(new ForwardInput(ids) { Logits = LogitsRows.All })).Dispose();
            var milliseconds = watch.Elapsed.TotalMilliseconds;
            sequence.Truncate(Context);
            return milliseconds;
        });
    }

    private async Task<Spread> PrefillAsync(int tokens)
    {
        var ids = Enumerable.Range(0, tokens).Select(i => i % model.Info.VocabularySize).ToArray();
        return await RoundsAsync(async () =>
        {
            using var sequence = model.OpenSequence();
            var watch = Stopwatch.StartNew();
            (await sequence.ForwardAsync(new ForwardInput(ids))).Dispose();
            return tokens / watch.Elapsed.TotalSeconds;
        });
    }

    private async Task<Spread> RoundsAsync(Func<Task<double>> round)
    {
        // The first rounds choose kernels and fill caches.
        await round();
        await round();
        var values = new List<double>();
        for (var i = 0; i < rounds; i++) values.Add(await round());
        return Spread.Of(values);
    }

    private async Task<ISequence> PrefilledAsync(int seed)
    {
        var sequence = model.OpenSequence();
        var ids = Enumerable.Range(0, Context).Select(i => (i * 7 + seed) % model.Info.VocabularySize).ToArray();
        (await sequence.ForwardAsync(new ForwardInput(ids))).Dispose();
        return sequence;
    }
}
