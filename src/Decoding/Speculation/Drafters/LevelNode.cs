namespace Decant.Decoding;

/// <summary>A node of the level that a <see cref="ModelTreeRun"/> drafts behind. Reused from level to level.</summary>
internal sealed class LevelNode
{
    private float[] _logits = [];
    private int _logitsLength;

    /// <summary>The node.</summary>
    public int Node { get; set; }

    /// <summary>The draft model's distribution behind it.</summary>
    public TokenDistribution Proposal { get; set; } = null!;

    /// <summary>What the tree calls <see cref="Proposal"/>.</summary>
    public int ProposalIndex { get; set; }

    /// <summary>The logits of <see cref="Proposal"/>, after processors and masks.</summary>
    public ReadOnlySpan<float> Logits => _logits.AsSpan(0, _logitsLength);

    /// <summary>For drafts without replacement: what has not been drawn yet.</summary>
    public ResidualRow Left { get; } = new();

    /// <summary>For a beam: ln of the probability of the node's path under the draft model.</summary>
    public double LogLikelihood { get; set; }

    /// <summary>For a beam: the node's perturbed log-likelihood, then the largest one that a child which has not been drawn yet has.</summary>
    public double Value { get; set; }

    public void SetLogits(ReadOnlySpan<float> logits)
    {
        if (_logits.Length < logits.Length) _logits = new float[logits.Length];
        logits.CopyTo(_logits);
        _logitsLength = logits.Length;
    }
}
