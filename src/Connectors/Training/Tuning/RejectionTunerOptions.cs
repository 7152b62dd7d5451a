namespace Decant.Connectors.Training;

/// <summary>How a <see cref="RejectionTuner"/> chooses and learns.</summary>
public sealed record RejectionTunerOptions : TuningOptions
{
    /// <summary>
    /// What is made of a calibrated score C, 0 … 1: the part of the prompt's samples that score lower, ties counting half. For a model of which the best of several answers will be taken, C ↦ e^(T · C) with T of 5 to
    /// 10; where the worst one counts, C ↦ −e^(−T · C). Null: C itself.
    /// </summary>
    public Func<double, double>? Transform { get; init; }

    /// <summary>β: answers are chosen with chances that are proportional to e^(Φ(C) / β); above 0. Large values choose all alike. Default: 0.1.</summary>
    public double Beta { get; init; } = 0.1;

    internal override void Validate()
    {
        base.Validate();
        if (Samples < 2) throw new ArgumentOutOfRangeException(nameof(Samples), Samples, "Samples must be at least 2: one answer alone is neither good nor bad.");
        if (!(Beta > 0 && double.IsFinite(Beta))) throw new ArgumentOutOfRangeException(nameof(Beta), Beta, "Beta must be above 0.");
    }
}
