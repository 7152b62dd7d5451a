namespace Decant.Connectors.Training;

/// <summary>How a <see cref="Trainer"/> with a teacher learns from it (Hinton et al. 2015; DistillSpec, Zhou et al. 2024).</summary>
public sealed record DistillationOptions
{
    /// <summary>What to make small. Default: <see cref="Divergence.ForwardKl"/>.</summary>
    public Divergence Divergence { get; init; } = Divergence.ForwardKl;

    /// <summary>β of <see cref="Divergence.JensenShannon"/>; between 0 and 1, both excluded. Default: 0.5.</summary>
    public double Beta { get; init; } = 0.5;

    /// <summary>Temperature of both distributions; above 0. The divergence is multiplied by its square, so that gradients keep their size. Default: 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Part of the loss that is the divergence, 0 … 1; the rest is cross-entropy with the text. Default: 0.9.</summary>
    public double Weight { get; init; } = 0.9;

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    internal void Validate()
    {
        if (!(Beta > 0 && Beta < 1)) throw new ArgumentOutOfRangeException(nameof(Beta), Beta, "Beta must lie between 0 and 1, both excluded.");
        if (!(Temperature > 0)) throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "Temperature must be above 0.");
        if (!(Weight >= 0 && Weight <= 1)) throw new ArgumentOutOfRangeException(nameof(Weight), Weight, "Weight must lie between 0 and 1.");
    }
}
