namespace Decant.Decoding;

/// <summary>The raw logits that one position's distribution is made from.</summary>
public readonly ref struct BranchRows
{
    private readonly ReadOnlySpan<BranchRow> _branches;

    /// <summary>Wraps the row of a target without branches or taps.</summary>
    /// <param name="main">Raw logits, one per vocabulary id.</param>
    public BranchRows(ReadOnlySpan<float> main) => Main = main;

    /// <summary>Wraps one row per branch, the target's first. Branches may be missing only where the target's row settles the step (<see cref="ILogitPolicy.Settle"/>).</summary>
    /// <param name="branches">At least one.</param>
    public BranchRows(ReadOnlySpan<BranchRow> branches)
    {
        _branches = branches;
        Main = branches[0].Logits;
    }

    /// <summary>Raw logits of the model that is being decoded, one per vocabulary id.</summary>
    public ReadOnlySpan<float> Main { get; }

    /// <summary>Number of branches, the target included.</summary>
    public int Count => Math.Max(1, _branches.Length);

    /// <summary>Raw logits of branch <paramref name="index"/>; 0 is the target.</summary>
    public ReadOnlySpan<float> this[int index] => index == 0 ? Main : _branches[index].Logits;

    /// <summary>The target's logits as read off an earlier layer.</summary>
    public ReadOnlySpan<float> EarlyExit(int layer) => _branches[0].EarlyExit(layer);
}
