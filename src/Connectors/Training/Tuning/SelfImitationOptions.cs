namespace Decant.Connectors.Training;

/// <summary>How <see cref="SelfImitation"/> goes about it.</summary>
public sealed record SelfImitationOptions : TuningOptions
{
    /// <summary>Rounds of answering, filtering and learning; 1 … 100. Default: 2.</summary>
    public int Iterations { get; init; } = 2;

    /// <summary>The score from which on the critic lets an answer be learned from; any finite number. Default: 0.5.</summary>
    public double CriticThreshold { get; init; } = 0.5;

    internal override void Validate()
    {
        base.Validate();
        if (Iterations is < 1 or > 100) throw new ArgumentOutOfRangeException(nameof(Iterations), Iterations, "Iterations must be from 1 to 100.");
        if (!double.IsFinite(CriticThreshold)) throw new ArgumentOutOfRangeException(nameof(CriticThreshold), CriticThreshold, "CriticThreshold must be a finite number.");
    }
}
