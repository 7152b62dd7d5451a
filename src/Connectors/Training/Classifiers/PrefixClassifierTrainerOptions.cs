namespace Decant.Connectors.Training;

/// <summary>How a <see cref="PrefixClassifierTrainer"/> learns.</summary>
public sealed record PrefixClassifierTrainerOptions
{
    /// <summary>Numbers of a token's embedding; 1 … 512. Default: 32.</summary>
    public int Width { get; init; } = 32;

    /// <summary>Numbers of the recurrent state; 1 … 512. Default: 64.</summary>
    public int StateSize { get; init; } = 64;

    /// <summary>Weight updates; at least 1. Default: 300.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>Texts per update; at least 1. Default: 32.</summary>
    public int BatchTexts { get; init; } = 32;

    /// <summary>Tokens of a text that are read; at least 1. Default: 256.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>Largest learning rate; above 0. Default: 0.005.</summary>
    public double LearningRate { get; init; } = 0.005;

    /// <summary>The part of the texts that is held out to measure with; above 0, below 1. Default: 0.1.</summary>
    public double HeldOut { get; init; } = 0.1;

    /// <summary>Seed of the initial weights, of the order and of what is held out. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    internal TrainerOptions Descent => new() { Steps = Steps, LearningRate = LearningRate, WarmUpSteps = Math.Min(20, Steps / 10), WeightDecay = 0.01 };

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchTexts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 1);
        if (Width is < 1 or > Decoding.PrefixClassifier.MaxSize) throw new ArgumentOutOfRangeException(nameof(Width), Width, $"Width must be from 1 to {Decoding.PrefixClassifier.MaxSize}.");
        if (StateSize is < 1 or > Decoding.PrefixClassifier.MaxSize) throw new ArgumentOutOfRangeException(nameof(StateSize), StateSize, $"StateSize must be from 1 to {Decoding.PrefixClassifier.MaxSize}.");
        HeldOutSplit.Validate(HeldOut);
        Descent.Validate();
    }
}
