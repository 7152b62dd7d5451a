namespace Decant.Decoding;

/// <summary>A token that a hypothesis may go on with.</summary>
/// <param name="Parent">The hypothesis' index among those that go on.</param>
/// <param name="Token">The token.</param>
/// <param name="LogProbability">The logarithm of the probability of the text with it.</param>
/// <param name="Score">What it is ranked by, larger for better ones.</param>
internal readonly record struct Continuation(int Parent, int Token, double LogProbability, double Score)
{
    /// <summary>Whether it ranks before another: by score, then, where scores are −∞ for instance, by probability.</summary>
    public bool Beats(in Continuation other) => Score > other.Score || (Score == other.Score && LogProbability > other.LogProbability);
}
