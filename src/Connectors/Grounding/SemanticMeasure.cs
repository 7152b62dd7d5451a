namespace Decant.Connectors.Grounding;

/// <summary>How much samples of an answer agree in meaning.</summary>
/// <param name="Clusters">The meanings, each with its samples, in the order they came up; at least one.</param>
/// <param name="IsApproximate">Whether the judge of their equivalence was an approximation.</param>
public sealed record SemanticMeasure(IReadOnlyList<SemanticCluster> Clusters, bool IsApproximate)
{
    /// <summary>Semantic entropy in nats, −Σ P ln P over meanings: 0 where all samples mean the same, at most ln of their number.</summary>
    public double Entropy => Math.Max(0, -Clusters.Where(cluster => cluster.Probability > 0).Sum(cluster => cluster.Probability * Math.Log(cluster.Probability)));

    /// <summary>The meaning of most samples (self-consistency); of those with equally many the one of most likelihood, then the first.</summary>
    public SemanticCluster Consensus => Clusters.OrderByDescending(cluster => cluster.Samples.Count).ThenByDescending(cluster => cluster.Likelihood).First();

    /// <summary>The share of samples that mean <see cref="Consensus"/>, above 0, at most 1. Agreement is not truth.</summary>
    public double Agreement => (double)Consensus.Samples.Count / Clusters.Sum(cluster => cluster.Samples.Count);
}
