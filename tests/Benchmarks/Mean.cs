namespace Decant.Benchmarks;

/// <summary>A measured mean with its 95 % interval (normal).</summary>
internal sealed record Mean(double Value, double HalfWidth, int N)
{
    public static Mean Of(IEnumerable<double> values)
    {
        var all = values.ToList();
        var mean = all.Average();
        return new Mean(mean, all.Count < 2 ? 0 : 1.96 * Math.Sqrt(all.Sum(value => Math.Pow(value - mean, 2)) / (all.Count - 1) / all.Count), all.Count);
    }

    public override string ToString() => $"{Value:0.000} ± {HalfWidth:0.000}";
}
