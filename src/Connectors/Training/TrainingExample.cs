namespace Decant.Connectors.Training;

/// <summary>A text to learn from, as tokens.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="Learn">For each token whether the model should learn to predict it: false for what others say (a prompt), true for its own words. As long as <paramref name="Ids"/>.</param>
public readonly record struct TrainingExample(IReadOnlyList<int> Ids, IReadOnlyList<bool> Learn)
{
    /// <summary>An example of which every token is learned.</summary>
    public TrainingExample(IReadOnlyList<int> ids)
        : this(ids, [.. Enumerable.Repeat(true, ids.Count)])
    {
    }
}
