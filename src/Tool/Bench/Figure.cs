namespace Decant.Tool;

/// <summary>A figure over several measurements.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">In what.</param>
/// <param name="Median">The median; of an even number, the upper one.</param>
/// <param name="Lowest">The smallest.</param>
/// <param name="Highest">The largest.</param>
internal sealed record Figure(string Name, string Unit, double Median, double Lowest, double Highest)
{
    public static Figure Of(string name, string unit, IEnumerable<double> measurements)
    {
        var ordered = measurements.Order().ToList();
        return new Figure(name, unit, MedianOf(ordered), ordered[0], ordered[^1]);
    }

    public static double MedianOf(IReadOnlyList<double> ordered) => ordered[ordered.Count / 2];
}
