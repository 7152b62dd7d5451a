using Decant.Connectors.Chat;

namespace Decant.Connectors.Training;

/// <summary>How a model is tuned on answers of its own.</summary>
public abstract record TuningOptions
{
    /// <summary>How it learns from the chosen answers. <see cref="TrainerOptions.Steps"/> are those of one round; checkpoints are not kept.</summary>
    public required TrainerOptions Training { get; init; }

    /// <summary>Answers drawn for each prompt, in each round; 1 … 1024. Default: 8.</summary>
    public int Samples { get; init; } = 8;

    /// <summary>Their temperature; above 0. Default: 1.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Most tokens of an answer; at least 1. Answers that are cut off are not learned from. Default: 256.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>The part of the prompts that is held out to measure with; above 0, below 1. Default: 0.2.</summary>
    public double HeldOut { get; init; } = 0.2;

    /// <summary>Seed of the draws, of what is held out and of what is chosen. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How the client is built that answers; null for the defaults. What prompts' decoding options name must be among its services.</summary>
    public LocalChatClientOptions? Client { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    internal virtual void Validate()
    {
        if (Samples is < 1 or > 1024) throw new ArgumentOutOfRangeException(nameof(Samples), Samples, "Samples must be from 1 to 1024.");
        if (!(Temperature > 0 && float.IsFinite(Temperature))) throw new ArgumentOutOfRangeException(nameof(Temperature), Temperature, "Temperature must be above 0: greedy answers are all the same.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokens, 1);
        HeldOutSplit.Validate(HeldOut);
        Training.Validate();
    }
}
