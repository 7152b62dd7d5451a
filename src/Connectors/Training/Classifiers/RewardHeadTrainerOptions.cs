using Decant.Connectors.Rewards;

namespace Decant.Connectors.Training;

/// <summary>How a <see cref="RewardHeadTrainer"/> learns.</summary>
public sealed record RewardHeadTrainerOptions
{
    /// <summary>What becomes of a text's hidden states; the reward that uses the head must do the same. Default: their mean.</summary>
    public StatePooling Pooling { get; init; }

    /// <summary>Weight updates, each over all texts; at least 1. Default: 200.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Largest learning rate; above 0. Default: 0.02.</summary>
    public double LearningRate { get; init; } = 0.02;

    /// <summary>Decoupled weight decay, at least 0: large where texts are few. Default: 0.1.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>The part of the texts that is held out to measure with; above 0, below 1. Default: 0.2.</summary>
    public double HeldOut { get; init; } = 0.2;

    /// <summary>Seed of what is held out. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    internal TrainerOptions Descent => new() { Steps = Steps, LearningRate = LearningRate, WeightDecay = WeightDecay, WarmUpSteps = 0 };

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Pooling)) throw new ArgumentOutOfRangeException(nameof(Pooling), Pooling, "Pooling takes Mean or Last.");
        HeldOutSplit.Validate(HeldOut);
        Descent.Validate();
    }
}
