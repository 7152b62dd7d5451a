namespace Decant.Decoding;

/// <summary>Counts forwards of one request.</summary>
public sealed class ForwardCounter
{
    /// <summary>Forwards of the target.</summary>
    public int Target { get; set; }

    /// <summary>Forwards of all other branches, a branch that rides in the target's batch counted as one.</summary>
    public int Branches { get; set; }

    /// <summary>Forwards of models that draft.</summary>
    public int Drafts { get; set; }

    /// <summary>Tokens that a search has written, those of texts it has dropped too; 0 without a search.</summary>
    public int Tokens { get; set; }

    /// <summary>All forwards.</summary>
    public int Total => Target + Branches + Drafts;
}
