namespace Decant.Benchmarks;

/// <summary>A measured share with its 95 % interval (Wilson's score interval, which holds near 0 and 1 too).</summary>
internal sealed record Share(double Value, double Low, double High, int N)
{
    public static Share Of(int count, int n)
    {
        const double z = 1.959964;
        var share = count / (double)n;
        var centre = (share + (z * z / (2 * n))) / (1 + (z * z / n));
        var half = z / (1 + (z * z / n)) * Math.Sqrt((share * (1 - share) / n) + (z * z / (4.0 * n * n)));
        return new Share(share, Math.Max(0, centre - half), Math.Min(1, centre + half), n);
    }

    public override string ToString() => $"{100 * Value:0.0} % [{100 * Low:0.0}, {100 * High:0.0}]";
}
