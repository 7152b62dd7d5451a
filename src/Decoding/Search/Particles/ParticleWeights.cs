namespace Decant.Decoding;

/// <summary>Choosing among weighted particles. All of it is unbiased: what is chosen has, in expectation, the weight it had before.</summary>
internal static class ParticleWeights
{
    /// <summary>The number of equal weights that are worth as much as these, 1 / Σw² of the normalised ones; 0 where all are 0.</summary>
    public static double EffectiveCount(ReadOnlySpan<double> weights)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var weight in weights)
        {
            sum += weight;
            squares += weight * weight;
        }

        return squares == 0 ? 0 : sum * sum / squares;
    }

    /// <summary>The c for which Σ min(1, c · w) is <paramref name="count"/>: particles of c · w ≥ 1 are kept as they are, the rest is drawn (Fearnhead and Clifford, 2003).</summary>
    /// <param name="weights">More than <paramref name="count"/>, in any order and scale.</param>
    /// <param name="count">How many are to be left.</param>
    public static double KeepFactor(ReadOnlySpan<double> weights, int count)
    {
        double[] falling = [.. weights];
        Array.Sort(falling, static (left, right) => right.CompareTo(left));
        var rest = falling.Sum();
        var kept = 0;
        while (kept < count && falling[kept] * (count - kept) >= rest) rest -= falling[kept++];
        return kept == count ? 1 / falling[count - 1] : (count - kept) / rest;
    }

    /// <summary>Draws with replacement, each particle as often as its share asks for, rounded up or down: one random number for all.</summary>
    /// <returns>Indices, ascending, each with the mean weight.</returns>
    public static List<(int Index, double Weight)> Resample(ReadOnlySpan<double> weights, int count, double uniform)
    {
        var mean = 0.0;
        foreach (var weight in weights) mean += weight / count;
        List<(int, double)> chosen = [];
        foreach (var index in Systematic(weights, mean, count, uniform)) chosen.Add((index, mean));
        return chosen;
    }

    /// <summary>Leaves <paramref name="count"/> different particles: the heavy ones as they are, of the others some, with weight 1 / c.</summary>
    /// <inheritdoc cref="KeepFactor"/>
    public static List<(int Index, double Weight)> Thin(ReadOnlySpan<double> weights, int count, double uniform)
    {
        var factor = KeepFactor(weights, count);
        List<(int Index, double Weight)> chosen = [];
        var light = weights.ToArray();
        for (var i = 0; i < light.Length; i++)
        {
            if (factor * light[i] < 1) continue;
            chosen.Add((i, light[i]));
            light[i] = 0;
        }

        foreach (var index in Systematic(light, 1 / factor, count - chosen.Count, uniform)) chosen.Add((index, 1 / factor));
        return chosen;
    }

    // Indices at uniform, uniform + 1, uniform + 2 … of the running sum in steps, of which there are as many as wanted but for rounding.
    private static List<int> Systematic(ReadOnlySpan<double> weights, double step, int count, double uniform)
    {
        List<int> chosen = [];
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            sum += weights[i] / step;
            while (chosen.Count < count && uniform + chosen.Count < sum) chosen.Add(i);
        }

        while (chosen.Count < count) chosen.Add(weights.LastIndexOfAnyExcept(0));
        return chosen;
    }
}
