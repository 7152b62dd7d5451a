namespace Decant.Samples.TrainTiny.Corpus;

/// <summary>One kind of task: makes training examples and nothing that evaluation uses.</summary>
internal interface ITaskFamily
{
    /// <summary>A training example.</summary>
    Example Draw(Random random);
}
