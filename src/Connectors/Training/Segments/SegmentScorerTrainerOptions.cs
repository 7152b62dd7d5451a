using Decant.Connectors.Rewards;

namespace Decant.Connectors.Training;

/// <summary>How a <see cref="SegmentScorerTrainer"/> learns.</summary>
public sealed record SegmentScorerTrainerOptions
{
    /// <summary>Numbers that a prefix and a continuation become; at least 1. Null: as many as a hidden state has.</summary>
    public int? Width { get; init; }

    /// <summary>What becomes of a text's hidden states. Default: their mean.</summary>
    public StatePooling Pooling { get; init; }

    /// <summary>Weight updates; at least 1. Default: 300.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>Examples per update, each the others' negative; at least 2. Default: 64.</summary>
    public int BatchExamples { get; init; } = 64;

    /// <summary>Largest learning rate; above 0. Default: 0.003.</summary>
    public double LearningRate { get; init; } = 0.003;

    /// <summary>Decoupled weight decay, at least 0. Default: 0.1.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>The part of the examples that is held out to measure with; above 0, below 1. Default: 0.1.</summary>
    public double HeldOut { get; init; } = 0.1;

    /// <summary>Seed of the initial weights, of the order and of what is held out. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    internal TrainerOptions Descent => new() { Steps = Steps, LearningRate = LearningRate, WeightDecay = WeightDecay, WarmUpSteps = Math.Min(20, Steps / 10) };

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    internal void Validate()
    {
        if (Width is { } width) ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, nameof(Width));
        if (!Enum.IsDefined(Pooling)) throw new ArgumentOutOfRangeException(nameof(Pooling), Pooling, "Pooling takes Mean or Last.");
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchExamples, 2);
        HeldOutSplit.Validate(HeldOut);
        Descent.Validate();
    }
}
