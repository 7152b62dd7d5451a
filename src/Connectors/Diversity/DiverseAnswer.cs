namespace Decant.Connectors.Diversity;

/// <summary>What most of several approaches come to.</summary>
/// <param name="Thoughts">All that were tried and gave an answer, in order; at least one.</param>
public sealed record DiverseAnswer(IReadOnlyList<DiverseThought> Thoughts)
{
    /// <summary>The first thought of those that come to the answer most come to; of equally many, the one that came up first.</summary>
    public DiverseThought Consensus => Thoughts.GroupBy(thought => thought.Answer).MaxBy(same => same.Count())!.First();

    /// <summary>Its text.</summary>
    public string Text => Consensus.Text;

    /// <summary>The share of thoughts that come to it, above 0, at most 1. Agreement is not truth.</summary>
    public double Agreement => Thoughts.CountBy(thought => thought.Answer).Max(same => same.Value) / (double)Thoughts.Count;
}
