namespace Decant.Decoding;

/// <summary>A token that a hypothesis may go on with.</summary>
/// <param name="Parent">The hypothesis' index among those that go on.</param>
/// <param name="Token">The token.</param>
/// <param name="LogProbability">The logarithm of the probability of the text with it.</param>
/// <param name="Score">What it is ranked by, larger for better ones.</param>
internal readonly record struct Continuation(int Parent, int Token, double LogProbability, double Score)
{
    /// <summary>Lists the likeliest continuations of a hypothesis, by probability.</summary>
    /// <param name="parent">Its index among those that go on.</param>
    /// <param name="hypothesis">The hypothesis; its <see cref="Hypothesis.Row"/> is filled.</param>
    /// <param name="logits">Logits after processors and masks.</param>
    /// <param name="candidates">Lists the tokens.</param>
    /// <param name="offered">Receives the continuations.</param>
    public static void Offer(int parent, Hypothesis hypothesis, ReadOnlySpan<float> logits, CandidateTokens candidates, List<Continuation> offered)
    {
        candidates.Fill(logits, hypothesis.State, hypothesis.Row);
        for (var i = 0; i < candidates.Ids.Length; i++)
        {
            var logProbability = hypothesis.LogProbability + Math.Log(candidates.Probabilities[i]);
            offered.Add(new Continuation(parent, candidates.Ids.Span[i], logProbability, logProbability));
        }
    }

    /// <summary>Whether it ranks before another: by score, then, where scores are −∞ for instance, by probability.</summary>
    public bool Beats(in Continuation other) => Score > other.Score || (Score == other.Score && LogProbability > other.LogProbability);
}
