namespace Decant.Connectors.Grounding;

/// <summary>An answer and its probability over all documents.</summary>
/// <param name="Text">The answer.</param>
/// <param name="LogProbability">ln Σ_k w_k p(answer | document k).</param>
/// <param name="ByDocument">ln p(answer | document k) for each document that counts, the largest retrieval score first.</param>
public sealed record MarginalCandidate(string Text, double LogProbability, IReadOnlyList<double> ByDocument)
{
    /// <summary>The probability, 0 … 1.</summary>
    public double Probability => Math.Exp(LogProbability);
}
