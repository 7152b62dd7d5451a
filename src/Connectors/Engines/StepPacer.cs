namespace Decant.Connectors.Engines;

/// <summary>Finds how much work makes a step short enough to wait for, and long enough for the weights it reads.</summary>
internal sealed class StepPacer
{
    // In rows of a short context. Below this, reading the weights takes a good part of a step; above, a row more costs as much as any other.
    private const double Fewest = 32;
    private const double Most = 512;
    private static readonly TimeSpan _target = TimeSpan.FromMilliseconds(20);

    /// <summary>Work for the next step, in rows of a short context.</summary>
    public double Work { get; private set; } = Fewest;

    /// <summary>Learns from a step, half of the way at a time: a machine that was busy elsewhere for a moment should not count for much.</summary>
    public void Observe(double work, TimeSpan elapsed)
    {
        // A step of a few rows tells little of one of many.
        if (work >= Fewest / 2) Work = Math.Clamp((Work + (work * (_target / elapsed))) / 2, Fewest, Most);
    }
}
