namespace Decant.Decoding;

/// <summary>Guesses what comes next. Immutable and safe for concurrent use; what one call needs is in its <see cref="IDraftRun"/>.</summary>
public interface IDrafter
{
    /// <summary>Its kind, for errors and statistics.</summary>
    string Name { get; }

    /// <summary>How the children of a node of its trees are chosen.</summary>
    SiblingLaw Law { get; }

    /// <summary>Whether its drafts may branch: the target must then run trees.</summary>
    bool Branches { get; }

    /// <summary>What the target's forwards must return for <see cref="IDraftRun.Observe"/>, such as hidden states; null for nothing.</summary>
    Taps? Taps => null;

    /// <summary>Whether it needs to know which tokens of the prompt are documents (<see cref="GenerationRequest.ContextTokens"/>).</summary>
    bool NeedsContext => false;

    /// <summary>Models that draft, by the names options use. A request brings a sequence for each (<see cref="GenerationRequest.Drafts"/>), in this order.</summary>
    IReadOnlyList<string> Models => [];

    /// <summary>Begins a call.</summary>
    /// <param name="setup">What the call decodes. The sequences in it are the run's to extend and the caller's to free.</param>
    IDraftRun Open(DraftSetup setup);
}
