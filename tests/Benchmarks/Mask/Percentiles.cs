using System.Globalization;

namespace Decant.Benchmarks.Mask;

/// <summary>How long many things took.</summary>
internal static class Percentiles
{
    /// <summary>Adds the median, the 99th percentile and the largest.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="name">What of, with the unit.</param>
    /// <param name="values">At least one.</param>
    public static void Add(Report report, string name, IReadOnlyCollection<double> values)
    {
        var ordered = values.Order().ToList();
        report.Add($"{name}_n", ordered.Count);
        report.Add($"{name}_p50", Round(ordered[ordered.Count / 2]));
        report.Add($"{name}_p99", Round(ordered[ordered.Count * 99 / 100]));
        report.Add($"{name}_max", Round(ordered[^1]));
    }

    private static string Round(double value) => value.ToString("0.0##", CultureInfo.InvariantCulture);
}
