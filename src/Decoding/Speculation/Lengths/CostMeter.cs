using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Decant.Decoding;

/// <summary>Measures what a model's forwards take, on sequences of its own, once for each pair of models.</summary>
internal static class CostMeter
{
    private const int Context = 32;
    private const int Repeats = 3;
    private const int Far = 16;
    private static readonly ConditionalWeakTable<ICausalModel, ConcurrentDictionary<int, double>> _known = [];

    /// <summary>The times of one-row drafts and of the target's forwards over 1 … <paramref name="rows"/> rows, in seconds.</summary>
    /// <param name="setup">The call. Its budget does not count these forwards, but its seconds run.</param>
    /// <param name="rows">The most rows; fewer are measured where the target's context holds no more behind a token.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    public static async ValueTask<DraftCosts> MeasureAsync(DraftSetup setup, int rows, CancellationToken cancellationToken)
    {
        var time = setup.Request.TimeProvider;
        var target = new double[Math.Clamp(setup.Branches.Target.Model.Info.ContextLength - 1, 1, rows)];
        for (var i = 0; i < target.Length; i++) target[i] = await TimeAsync(setup.Branches.Target.Model, i + 1, time, cancellationToken).ConfigureAwait(false);
        target = await ExtendAsync(setup.Branches.Target.Model, target, time, cancellationToken).ConfigureAwait(false);
        var draft = setup.Drafts.Count == 0 ? 0 : await TimeAsync(setup.Drafts[0].Sequence!.Model, 1, time, cancellationToken).ConfigureAwait(false);
        return new DraftCosts(draft, target);
    }

    // Other calls share the forwards. How it goes on over more rows is measured once, far from the first: what two neighbours differ by is mostly noise.
    private static async ValueTask<double[]> ExtendAsync(ICausalModel model, double[] target, TimeProvider time, CancellationToken cancellationToken)
    {
        if (target.Length >= Far || model.Info.ContextLength <= Far) return target;
        var (last, far) = (target[^1], await TimeAsync(model, Far, time, cancellationToken).ConfigureAwait(false));
        var step = Math.Max(0, far - last) / (Far - target.Length);
        return [.. target, .. Enumerable.Range(1, Far - target.Length).Select(i => last + (i * step))];
    }

    // The best of several: what disturbs a measurement only ever makes it longer. Two calls may measure at once; the second's figures stay.
    private static async ValueTask<double> TimeAsync(ICausalModel model, int rows, TimeProvider time, CancellationToken cancellationToken)
    {
        var known = _known.GetOrCreateValue(model);
        if (known.TryGetValue(rows, out var best)) return best;
        using var sequence = model.OpenSequence();
        await RunAsync(sequence, Math.Min(Context, Math.Max(1, model.Info.ContextLength - rows)), cancellationToken).ConfigureAwait(false);
        var length = sequence.Length;
        best = double.PositiveInfinity;
        for (var i = 0; i < Repeats; i++)
        {
            sequence.Truncate(length);
            var start = time.GetTimestamp();
            await RunAsync(sequence, rows, cancellationToken).ConfigureAwait(false);
            best = Math.Min(best, time.GetElapsedTime(start).TotalSeconds);
        }

        // A clock that is too coarse to see a forward must not make it free.
        return known[rows] = Math.Max(best, 1e-7);
    }

    private static async ValueTask RunAsync(ISequence sequence, int rows, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var result = await sequence.ForwardAsync(new ForwardInput(new int[rows]) { Logits = LogitsRows.All }, cancellationToken).ConfigureAwait(false);
    }
}
