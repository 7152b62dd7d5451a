namespace Decant.Connectors.Training;

/// <summary>How well a classifier tells examples apart that it was not trained on.</summary>
/// <param name="Count">Examples.</param>
/// <param name="Accuracy">The part of them that is classified right.</param>
/// <param name="Auroc">The probability that one with the label scores above one without, ties counting half: 0.5 is guessing, 1 is perfect (the area under the ROC curve).</param>
public sealed record ClassifierQuality(int Count, double Accuracy, double Auroc)
{
    /// <summary>Measures scores against labels.</summary>
    /// <param name="scored">Examples of both kinds.</param>
    /// <param name="threshold">From which score on an example is taken to have the label.</param>
    internal static ClassifierQuality Of(IReadOnlyList<(double Score, bool Label)> scored, double threshold)
    {
        // Of all pairs, those where the one without the label scores lower; a run of equal scores shares its ranks.
        var (wins, without) = (0.0, 0);
        foreach (var run in scored.GroupBy(example => example.Score).OrderBy(run => run.Key))
        {
            var (here, positive) = (run.Count(example => !example.Label), run.Count(example => example.Label));
            wins += positive * (without + (here / 2.0));
            without += here;
        }

        return new ClassifierQuality(scored.Count, scored.Average(example => example.Score >= threshold == example.Label ? 1.0 : 0), wins / ((double)without * (scored.Count - without)));
    }
}
