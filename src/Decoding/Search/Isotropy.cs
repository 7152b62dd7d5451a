namespace Decant.Decoding;

/// <summary>Measures isotropy; see <see cref="IsotropyReport"/>.</summary>
public static class Isotropy
{
    private const int ChunkRows = 256;

    /// <summary>Runs tokens through a model and measures the isotropy of its states.</summary>
    /// <param name="model">A model with <see cref="ModelCapabilities.HiddenStates"/>.</param>
    /// <param name="tokens">At least two tokens, at most the model's context.</param>
    /// <param name="cancellationToken">Observed before each forward.</param>
    public static async Task<IsotropyReport> OfAsync(ICausalModel model, ReadOnlyMemory<int> tokens, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens.Length, 2, nameof(tokens));
        var info = model.Info;
        var taps = new Taps { FinalHidden = true, HiddenLayers = [.. Enumerable.Range(0, info.LayerCount + 1)] };
        var sums = taps.HiddenLayers.Append(0).Select(_ => new DirectionSum(info.HiddenSize)).ToArray();
        using var sequence = model.OpenSequence();
        for (var start = 0; start < tokens.Length; start += ChunkRows)
        {
            var chunk = tokens.Slice(start, Math.Min(ChunkRows, tokens.Length - start));
            using var result = await sequence.ForwardAsync(new ForwardInput(chunk) { Logits = LogitsRows.None, Taps = taps }, cancellationToken).ConfigureAwait(false);
            for (var row = 0; row < result.RowCount; row++)
            {
                for (var layer = 0; layer <= info.LayerCount; layer++) sums[layer].Add(result.Hidden(layer, row));
                sums[^1].Add(result.FinalHidden(row));
            }
        }

        return new IsotropyReport(tokens.Length, sums[^1].Isotropy, [.. sums[..^1].Select(sum => sum.Isotropy)]);
    }

    /// <summary>The isotropy of some vectors: 1 − the mean cosine over all pairs of different ones.</summary>
    /// <param name="states">At least two vectors of one length.</param>
    public static double Of(IReadOnlyList<float[]> states)
    {
        ArgumentNullException.ThrowIfNull(states);
        ArgumentOutOfRangeException.ThrowIfLessThan(states.Count, 2, nameof(states));
        var sum = new DirectionSum(states[0].Length);
        foreach (var state in states) sum.Add(state);
        return sum.Isotropy;
    }

    /// <summary>The sum of unit vectors: its squared length is the sum of all cosines, those of each vector with itself included.</summary>
    private sealed class DirectionSum(int width)
    {
        private readonly double[] _sum = new double[width];
        private int _count;
        private int _zeros;

        public double Isotropy => 1 - ((_sum.Sum(value => value * value) - (_count - _zeros)) / ((double)_count * (_count - 1)));

        public void Add(ReadOnlySpan<float> state)
        {
            var square = 0.0;
            foreach (var value in state) square += (double)value * value;
            _count++;
            if (square == 0) _zeros++;
            var scale = square == 0 ? 0 : 1 / Math.Sqrt(square);
            for (var i = 0; i < state.Length; i++) _sum[i] += state[i] * scale;
        }
    }
}
