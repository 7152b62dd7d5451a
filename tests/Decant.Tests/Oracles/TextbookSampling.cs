namespace Decant.Tests;

/// <summary>Penalties, temperature and every truncation as the definitions read, in double precision, sorting everything.</summary>
internal static class TextbookSampling
{
    /// <summary>The probability of every id after <paramref name="generated"/>.</summary>
    /// <param name="logits">The row.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="generated">What the additive penalties count.</param>
    /// <param name="penalties">Those penalties.</param>
    /// <param name="neverDropped">Where XTC excludes at this position, the tokens that it must not drop.</param>
    public static double[] Distribution(
        ReadOnlySpan<float> logits, SamplingOptions options, ReadOnlySpan<int> generated = default, FrequencyPresenceOptions? penalties = null, IReadOnlyCollection<int>? neverDropped = null)
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
        if (options.TopNSigma is { } sigmas)
        {
            var mean = order.Average(id => scores[id]);
            var deviation = Math.Sqrt(order.Average(id => (scores[id] - mean) * (scores[id] - mean)));
            var least = scores[order[0]] - (sigmas * deviation);
            order.RemoveAll(id => scores[id] < least);
        }

        order = order[..Math.Min(options.TopK ?? int.MaxValue, order.Count)];
        double[] Probabilities() => Softmax(order, scores, options.Temperature ?? 1);

        if (options.TypicalP is < 1 and var typical) order = Typical(order, Probabilities(), typical);
        if (options.TopP is < 1 and var topP) order = order[..CountUntil(order, Probabilities(), topP)];
        if (options.MinP is { } minP) order = AtLeast(order, Probabilities(), minP * Probabilities()[order[0]]);
        if (options.Eta is > 0 and var eta) order = AtLeast(order, Probabilities(), Math.Min(eta, Math.Sqrt(eta) * Math.Exp(-Entropy(Probabilities()))));
        if (neverDropped is not null) order = WithoutTopChoices(order, Probabilities(), options.XtcThreshold ?? 0.1f, neverDropped);
        return Probabilities();
    }

    private static int CountUntil(List<int> order, double[] probabilities, double wanted)
    {
        var (count, mass) = (0, 0.0);
        while (count < order.Count && mass < wanted) mass += probabilities[order[count++]];
        return count;
    }

    private static List<int> AtLeast(List<int> order, double[] probabilities, double least) => [.. order.Where((id, rank) => rank == 0 || probabilities[id] >= least)];

    private static List<int> Typical(List<int> order, double[] probabilities, double wanted)
    {
        // Among equally typical tokens the likelier come first, and among equally likely ones those nearer to the entropy's place in the order.
        var entropy = Entropy(probabilities);
        double Excess(int id) => -Math.Log(probabilities[id]) - entropy;
        var rank = order.Select((id, index) => (id, index)).ToDictionary(pair => pair.id, pair => pair.index);
        var typical = order.OrderBy(id => Math.Round(Math.Abs(Excess(id)), 12)).ThenBy(id => Excess(id) < 0 ? -rank[id] : rank[id]).ToList();
        var kept = typical[..CountUntil(typical, probabilities, wanted)];
        return [.. order.Where(kept.Contains)];
    }

    private static List<int> WithoutTopChoices(List<int> order, double[] probabilities, double threshold, IReadOnlyCollection<int> neverDropped)
    {
        var top = order.Where(id => probabilities[id] >= threshold).ToList();
        var dropped = top[..Math.Max(0, top.Count - 1)];
        return dropped.Exists(neverDropped.Contains) ? order : [.. order.Where(id => !dropped.Contains(id))];
    }

    private static double Entropy(double[] probabilities) => -probabilities.Where(p => p > 0).Sum(p => p * Math.Log(p));

    private static double[] Softmax(List<int> ids, double[] scores, double temperature)
    {
        var probabilities = new double[scores.Length];
        foreach (var id in ids) probabilities[id] = Math.Exp((scores[id] - scores[ids[0]]) / temperature);
        var sum = probabilities.Sum();
        foreach (var id in ids) probabilities[id] /= sum;
        return probabilities;
    }
}
