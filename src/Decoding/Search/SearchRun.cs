namespace Decant.Decoding;

/// <summary>What a search works with.</summary>
/// <param name="plan">The plan; its <see cref="DecodingPlan.Target"/> makes every distribution.</param>
/// <param name="branches">The prompt's last tokens are fed and have not run. The run's owner disposes it; forks are the search's own.</param>
/// <param name="state">The state after the prompt.</param>
/// <param name="limits">When to stop.</param>
public sealed class SearchRun(DecodingPlan plan, BranchSet branches, GenerationState state, GenerationLimits limits)
{
    /// <summary>The plan; its <see cref="DecodingPlan.Target"/> makes every distribution.</summary>
    public DecodingPlan Plan => plan;

    /// <summary>The prompt's last tokens are fed and have not run.</summary>
    public BranchSet Branches => branches;

    /// <summary>The state after the prompt.</summary>
    public GenerationState State => state;

    /// <summary>When to stop.</summary>
    public GenerationLimits Limits => limits;
}
