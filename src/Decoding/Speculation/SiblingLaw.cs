namespace Decant.Decoding;

/// <summary>How the children of one node of a draft were chosen. A verifier that assumes another law is biased, so a plan refuses the pairing.</summary>
public enum SiblingLaw
{
    /// <summary>Without chance, or by chance that the verifier is not told of: each child counts as certain to be proposed.</summary>
    Deterministic,

    /// <summary>At most one child, drawn from its proposal.</summary>
    Single,

    /// <summary>Drawn independently from one proposal, in order; the same token may come twice (<see cref="DraftTree.Sequences"/>).</summary>
    Independent,

    /// <summary>Drawn one after the other from what is left of one proposal, in order.</summary>
    WithoutReplacement,

    /// <summary>Drawn ones first, each with a proposal of its own, then ones without chance, none of which depends on what was drawn.</summary>
    Mixed,
}
