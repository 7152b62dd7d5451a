namespace Decant.Connectors.Training;

/// <summary>What a checkpoint must share with the run that goes on from it: with another of these the examples already learned from cannot be found again.</summary>
internal sealed record TrainingState(int RowLength, int BatchRows, int Accumulation)
{
    public static TrainingState Of(TrainerOptions options) => new(options.RowLength, options.BatchRows, options.Accumulation);
}
