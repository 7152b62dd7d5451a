namespace Decant.Decoding;

/// <summary>Decides which drafted tokens stay. Immutable and safe for concurrent use.</summary>
public interface IVerifier
{
    /// <summary>What it promises about the text, for the laws it supports.</summary>
    Guarantee Guarantee { get; }

    /// <summary>Whether it keeps its promise for children chosen so.</summary>
    bool Supports(SiblingLaw law);

    /// <summary>Whether it allows drafters to share the target's noise (<see cref="RoundNoise.DrawShared"/>).</summary>
    bool AllowsSharedNoise => false;

    /// <summary>Appends the nodes that stay to <see cref="Verification.Accepted"/>, from a first one downwards, and sets <see cref="Verification.Next"/>.</summary>
    void Verify(Verification round);
}
