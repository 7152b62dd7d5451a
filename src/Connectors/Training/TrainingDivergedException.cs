namespace Decant.Connectors.Training;

/// <summary>The loss became infinite or not a number: the weights of this step are lost, the last checkpoint is good.</summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    internal TrainingDivergedException(int step, string? checkpoint)
        : base($"The loss stopped being a number at step {step}. {(checkpoint is null ? "There is no checkpoint yet" : $"The last good checkpoint is {checkpoint}")}. "
            + "Lower LearningRate, raise WarmUpSteps, or look for broken examples, and train again.")
        => (Step, Checkpoint) = (step, checkpoint);

    /// <summary>Updates done before.</summary>
    public int Step { get; }

    /// <summary>Folder of the last good checkpoint, or null.</summary>
    public string? Checkpoint { get; }
}
