namespace Decant.Connectors.Grounding;

/// <summary>Samples of one meaning.</summary>
/// <param name="Samples">At least one, in the order they were drawn.</param>
/// <param name="Probability">Its share of all samples' likelihoods (or of their number), 0 … 1.</param>
public sealed record SemanticCluster(IReadOnlyList<SemanticSample> Samples, double Probability)
{
    /// <summary>The likeliest sample's text, the first among equals.</summary>
    public string Text => Samples.MaxBy(sample => sample.LogLikelihood ?? 0)!.Text;

    /// <summary>The samples' likelihoods together.</summary>
    internal double Likelihood => Samples.Sum(sample => Math.Exp(sample.LogLikelihood ?? 0));
}
