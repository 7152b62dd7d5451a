namespace Decant.Tests;

internal static class Statistics
{
    /// <summary>Half the sum of absolute differences.</summary>
    public static double TotalVariation(IEnumerable<double> left, IEnumerable<double> right) => left.Zip(right, (l, r) => Math.Abs(l - r)).Sum() / 2;

    /// <summary>Fails when counts this far from the expectation would be seen less than about once in 10,000 tries. Rare cells are pooled.</summary>
    public static void AssertFits(IReadOnlyList<int> observed, IReadOnlyList<double> expected)
    {
        var total = observed.Sum();
        var (statistic, cells, pooledCount, pooledExpectation) = (0.0, 0, 0, 0.0);
        foreach (var (count, probability) in observed.Zip(expected))
        {
            if (probability == 0) Assert.Equal(0, count);
            pooledCount += count;
            pooledExpectation += probability * total;
            if (pooledExpectation < 5) continue;
            statistic += (pooledCount - pooledExpectation) * (pooledCount - pooledExpectation) / pooledExpectation;
            (pooledCount, pooledExpectation) = (0, 0);
            cells++;
        }

        // Wilson and Hilferty's approximation of the chi-square quantile at 3.72 standard deviations.
        var freedom = cells - 1.0;
        var critical = freedom * Math.Pow(1 - (2 / (9 * freedom)) + (3.72 * Math.Sqrt(2 / (9 * freedom))), 3);
        Assert.True(statistic < critical, $"chi-square {statistic:F1} exceeds {critical:F1} at {freedom} degrees of freedom");
    }
}
