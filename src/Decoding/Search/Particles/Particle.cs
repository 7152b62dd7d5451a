namespace Decant.Decoding;

/// <summary>One of several texts that are written side by side.</summary>
/// <param name="branches">What has read it; owned.</param>
/// <param name="state">Its state.</param>
internal sealed class Particle(BranchSet branches, GenerationState state) : IDisposable
{
    public BranchSet Branches => branches;

    public GenerationState State => state;

    /// <summary>The distribution of its next token.</summary>
    public TokenDistribution Row { get; } = new();

    /// <summary>Natural logarithm of its weight.</summary>
    public double LogWeight { get; set; }

    /// <summary>Why it ended, or null.</summary>
    public FinishKind? Finish { get; private set; }

    public Particle Fork() => new(branches.Fork(), state.Fork()) { LogWeight = LogWeight, Finish = Finish };

    /// <summary>Appends a token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="row">What it was drawn from.</param>
    /// <param name="limits">When to stop.</param>
    public void Append(int token, TokenDistribution row, GenerationLimits limits)
    {
        state.Commit(token, row);
        Finish = limits.Finish(token, state.Generated.Length, branches);
        branches.Feed([token]);
    }

    public void Dispose() => branches.Dispose();
}
