namespace Decant.Decoding;

/// <summary>What a call gives a drafter to work with.</summary>
public sealed class DraftSetup
{
    internal DraftSetup(GenerationRequest request, BranchSet branches)
    {
        (Request, Branches) = (request, branches);
        Drafts = request.Drafts;
    }

    internal DraftSetup(DraftSetup other, IReadOnlyList<BranchSource> drafts)
    {
        (Request, Branches) = (other.Request, other.Branches);
        Drafts = drafts;
    }

    /// <summary>The call.</summary>
    public GenerationRequest Request { get; }

    /// <summary>Whether the verifier allows models to draw with the target's noise (<see cref="RoundNoise.DrawShared"/>).</summary>
    public bool SharesNoise => Request.Plan.Speculation!.Verifier.AllowsSharedNoise;

    /// <summary>The target's sequence and its branches: a drafter that runs parts of the target forks <see cref="BranchSet.Target"/>.</summary>
    public BranchSet Branches { get; }

    /// <summary>The edits that the target runs with, for drafters that run it themselves; null for none.</summary>
    public IReadOnlyList<ResidualEdit>? Edits => Branches.Branches[0].Edits;

    /// <summary>One sequence for each of <see cref="IDrafter.Models"/>.</summary>
    public IReadOnlyList<BranchSource> Drafts { get; }
}
