namespace Decant.Tests.Decoding.Speculation;

/// <summary>Tests of frequencies, on the scale of a standard normal variable (Wilson and Hilferty 1931): above 3.72 with a probability of 1e-4 where the hypothesis holds.</summary>
internal static class ChiSquare
{
    public const double Critical = 3.719;

    /// <summary>Whether counts come from a law. Cells with an expectation below 5 count as one.</summary>
    public static double AgainstLaw(IReadOnlyDictionary<string, int> counts, IReadOnlyDictionary<string, double> law)
    {
        var total = counts.Values.Sum();
        Assert.Empty(counts.Keys.Except(law.Where(cell => cell.Value > 0).Select(cell => cell.Key)));
        return Score(law.Select(cell => (counts.GetValueOrDefault(cell.Key), total * cell.Value)), (count, expected) => (count - expected) * (count - expected) / expected, expected => expected < 5);
    }

    /// <summary>Whether two sets of equally many counts come from one law. Cells with fewer than 10 counts together count as one.</summary>
    public static double Between(IReadOnlyDictionary<string, int> first, IReadOnlyDictionary<string, int> second)
    {
        Assert.Equal(first.Values.Sum(), second.Values.Sum());
        return Score(first.Keys.Union(second.Keys).Select(cell => (first.GetValueOrDefault(cell), (double)second.GetValueOrDefault(cell))), (a, b) => (a - b) * (a - b) / (a + b), count => count < 5);
    }

    private static double Score(IEnumerable<(int First, double Second)> cells, Func<double, double, double> distance, Func<double, bool> isSmall)
    {
        var (sum, count, rest) = (0.0, 0, (First: 0, Second: 0.0));
        foreach (var (first, second) in cells)
        {
            if (isSmall(second)) rest = (rest.First + first, rest.Second + second);
            else (sum, count) = (sum + distance(first, second), count + 1);
        }

        if (!isSmall(rest.Second)) (sum, count) = (sum + distance(rest.First, rest.Second), count + 1);
        var freedom = count - 1.0;
        return (Math.Cbrt(sum / freedom) - (1 - (2 / (9 * freedom)))) / Math.Sqrt(2 / (9 * freedom));
    }
}
