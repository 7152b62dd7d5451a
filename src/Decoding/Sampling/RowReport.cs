namespace Decant.Decoding;

/// <summary>What happened while a row became a distribution; for traces.</summary>
public struct RowReport
{
    /// <summary>The weight with which a contrast counted at this step (its α), or null.</summary>
    public float? Weight { get; set; }

    /// <summary>The divergence between branches or layers that was measured, in nats, or null.</summary>
    public float? Divergence { get; set; }

    /// <summary>The layer that was contrasted with, or null.</summary>
    public int? Layer { get; set; }

    /// <summary>Tokens that were implausible to the trusted branch.</summary>
    public int ImplausibleCount { get; set; }

    /// <summary>Tokens that constraints refused.</summary>
    public int RefusedCount { get; set; }

    /// <summary>Whether branches of other models did not run, because the target's row left one token.</summary>
    public bool Settled { get; set; }

    /// <summary>Whether constraints left a single token of <paramref name="vocabularySize"/>.</summary>
    public readonly bool IsForced(int vocabularySize) => RefusedCount == vocabularySize - 1;
}
