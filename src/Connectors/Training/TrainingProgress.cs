namespace Decant.Connectors.Training;

/// <summary>Where training stands after a step.</summary>
/// <param name="Step">Updates done, earlier runs included.</param>
/// <param name="Steps">Updates in all.</param>
/// <param name="Loss">Mean loss per learned token of this step's rows, in nats.</param>
/// <param name="SmoothedLoss">The loss averaged over about the last 50 steps.</param>
/// <param name="LearningRate">This step's.</param>
/// <param name="GradientNorm">Norm of the gradient before clipping.</param>
/// <param name="TokensPerSecond">Tokens read per second since this run began, padding included.</param>
/// <param name="Remaining">Time left at this speed.</param>
public sealed record TrainingProgress(
    int Step, int Steps, double Loss, double SmoothedLoss, double LearningRate, double GradientNorm, double TokensPerSecond, TimeSpan Remaining);
