namespace Decant.Connectors.Grounding;

/// <summary>One sentence of an answer and what each passage did for it.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="LogProbability">ln p of it behind the sentences before, with all passages; the mean over its tokens where scores are per token.</param>
/// <param name="Scores">By passage: <paramref name="LogProbability"/> less what it is without that passage. Positive where the passage makes the sentence likelier.</param>
public sealed record AttributedSentence(string Text, double LogProbability, IReadOnlyList<double> Scores)
{
    /// <summary>
    /// The passage it comes from, counted from 0: of those that reach the threshold and that the verifier, if there is one, finds to support it, the one of the largest score; where
    /// there is none, simply that one.
    /// </summary>
    public int Source { get; init; } = Enumerable.Range(0, Scores.Count).MaxBy(passage => Scores[passage]);

    /// <summary>The source's score.</summary>
    public double Score => Scores[Source];

    /// <summary>Whether the source reaches the threshold and the verifier, if there is one, agrees.</summary>
    public bool IsSupported { get; init; }
}
