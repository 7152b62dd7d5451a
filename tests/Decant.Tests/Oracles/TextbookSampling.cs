namespace Decant.Tests;

/// <summary>Penalties, temperature, top-k, top-p and min-p as the definitions read, in double precision, sorting everything.</summary>
internal static class TextbookSampling
{
    /// <summary>The probability of every id after <paramref name="generated"/>.</summary>
    public static double[] Distribution(ReadOnlySpan<float> logits, SamplingOptions options, ReadOnlySpan<int> generated = default, FrequencyPresenceOptions? penalties = null)
    {
        var scores = new double[logits.Length];
        for (var id = 0; id < scores.Length; id++)
        {
            var count = generated.Count(id);
            scores[id] = logits[id] - ((penalties?.Frequency ?? 0) * count) - (count > 0 ? penalties?.Presence ?? 0 : 0);
        }

        var order = Enumerable.Range(0, scores.Length).OrderByDescending(id => scores[id]).ThenBy(id => id).ToList();
        if (options.Temperature == 0) return Softmax(order[..1], scores, 1);

        order.RemoveAll(id => double.IsNegativeInfinity(scores[id]));
        order = order[..Math.Min(options.TopK ?? int.MaxValue, order.Count)];

        var probabilities = Softmax(order, scores, options.Temperature ?? 1);
        if (options.TopP < 1)
        {
            var (count, mass) = (0, 0.0);
            while (count < order.Count && mass < options.TopP) mass += probabilities[order[count++]];
            order = order[..count];
        }

        var floor = (options.MinP ?? 0) * probabilities[order[0]];
        order.RemoveAll(id => probabilities[id] < floor);
        return Softmax(order, scores, options.Temperature ?? 1);
    }

    private static double[] Softmax(List<int> ids, double[] scores, double temperature)
    {
        var probabilities = new double[scores.Length];
        foreach (var id in ids) probabilities[id] = Math.Exp((scores[id] - scores[ids[0]]) / temperature);
        var sum = probabilities.Sum();
        foreach (var id in ids) probabilities[id] /= sum;
        return probabilities;
    }
}
