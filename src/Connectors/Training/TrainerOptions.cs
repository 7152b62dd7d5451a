namespace Decant.Connectors.Training;

/// <summary>How a <see cref="Trainer"/> learns. The defaults suit small models trained from nothing.</summary>
public sealed record TrainerOptions
{
    /// <summary>Weight updates in all; at least 1.</summary>
    public required int Steps { get; init; }

    /// <summary>Positions per row: examples are packed into rows of one token more, each position predicting the next. At least 2, at most the model's context. Default: 256.</summary>
    public int RowLength { get; init; } = 256;

    /// <summary>Rows per forward; at least 1. Default: 16.</summary>
    public int BatchRows { get; init; } = 16;

    /// <summary>Forwards whose gradients are added up for one update; at least 1. Default: 1.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Largest learning rate; above 0. Default: 0.002.</summary>
    public double LearningRate { get; init; } = 0.002;

    /// <summary>Steps in which the learning rate rises linearly to its largest; at least 0. Default: 100.</summary>
    public int WarmUpSteps { get; init; } = 100;

    /// <summary>What is left of the learning rate at the end of its cosine, as a part of the largest, 0 … 1. Default: 0.05.</summary>
    public double FinalRate { get; init; } = 0.05;

    /// <summary>Decoupled weight decay of matrices, at least 0; norms and biases have none. Default: 0.05.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>AdamW's memory of the gradient, 0 … 1. Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW's memory of the gradient's square, 0 … 1. Default: 0.98.</summary>
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Gradients are scaled down to this norm; above 0. Default: 1.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Type of the forward and backward passes. Default: float32.</summary>
    public TrainingPrecision Precision { get; init; }

    /// <summary>Device, as libtorch names it. Default: <c>cpu</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Seed of the initial weights. Default: 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Steps between checkpoints; 0 for none but the last. Default: 500.</summary>
    public int CheckpointEvery { get; init; } = 500;

    /// <summary>Steps between calls of <see cref="Trainer.Evaluate"/>; 0 for none. Default: 0.</summary>
    public int EvaluateEvery { get; init; }

    /// <summary>How to learn from a teacher; read where there is one. Default: its defaults.</summary>
    public DistillationOptions Distillation { get; init; } = new();

    /// <summary>The learning rate of step <paramref name="step"/> (0 … <see cref="Steps"/> − 1): linear warm-up, then half a cosine.</summary>
    public double RateAt(int step)
    {
        if (step < WarmUpSteps) return LearningRate * (step + 1) / WarmUpSteps;
        var progress = (double)(step - WarmUpSteps) / Math.Max(1, Steps - 1 - WarmUpSteps);
        return LearningRate * (FinalRate + (1 - FinalRate) * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, progress))));
    }

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    internal void Validate()
    {
        AtLeast(Steps, 1, nameof(Steps));
        AtLeast(RowLength, 2, nameof(RowLength));
        AtLeast(BatchRows, 1, nameof(BatchRows));
        AtLeast(Accumulation, 1, nameof(Accumulation));
        AtLeast(WarmUpSteps, 0, nameof(WarmUpSteps));
        AtLeast(CheckpointEvery, 0, nameof(CheckpointEvery));
        AtLeast(EvaluateEvery, 0, nameof(EvaluateEvery));
        Between(FinalRate, 0, 1, nameof(FinalRate));
        Between(Beta1, 0, 1, nameof(Beta1));
        Between(Beta2, 0, 1, nameof(Beta2));
        Between(WeightDecay, 0, double.MaxValue, nameof(WeightDecay));
        Between(LearningRate, double.Epsilon, double.MaxValue, nameof(LearningRate));
        Between(ClipNorm, double.Epsilon, double.MaxValue, nameof(ClipNorm));
        Distillation.Validate();
    }

    private static void AtLeast(int value, int least, string name) => ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);

    // Written so that NaN fails too.
    private static void Between(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most)) throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least} and at most {most}.");
    }
}
