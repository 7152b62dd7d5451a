namespace Decant.Decoding;

/// <summary>A node of the level that a <see cref="ModelTreeRun"/> drafts behind. Reused from level to level.</summary>
internal sealed class LevelNode
{
    /// <summary>The node.</summary>
    public int Node { get; set; }

    /// <summary>The draft model's distribution behind it.</summary>
    public TokenDistribution Proposal { get; set; } = null!;

    /// <summary>What the tree calls <see cref="Proposal"/>.</summary>
    public int ProposalIndex { get; set; }

    /// <summary>For drafts without replacement: what has not been drawn yet.</summary>
    public ResidualRow Left { get; } = new();

    /// <summary>For a beam: ln of the probability of the node's path under the draft model.</summary>
    public double LogLikelihood { get; set; }

    /// <summary>For a beam: the node's perturbed log-likelihood, then the largest one that a child which has not been drawn yet has.</summary>
    public double Value { get; set; }
}
