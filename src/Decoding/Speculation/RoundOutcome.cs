namespace Decant.Decoding;

/// <summary>What became of a round's draft; valid during <see cref="IDraftRun.Observe"/>.</summary>
/// <param name="tree">The draft.</param>
/// <param name="accepted">The nodes that stay, from the first downwards.</param>
/// <param name="next">The token behind them, which the target chose.</param>
/// <param name="state">The text, <paramref name="next"/> included.</param>
/// <param name="rows">The target's distributions for the nodes on the accepted path, and for others that the verifier asked for.</param>
/// <param name="step">The forward of the target and its branches: its first row follows the text, row i + 1 follows node i.</param>
public readonly ref struct RoundOutcome(DraftTree tree, ReadOnlySpan<int> accepted, int next, GenerationState state, TargetRows rows, BranchStep step)
{
    /// <summary>The draft.</summary>
    public DraftTree Tree { get; } = tree;

    /// <summary>The nodes that stay, from the first downwards.</summary>
    public ReadOnlySpan<int> Accepted { get; } = accepted;

    /// <summary>The token behind them, which the target chose.</summary>
    public int Next { get; } = next;

    /// <summary>The text, <see cref="Next"/> included.</summary>
    public GenerationState State { get; } = state;

    /// <summary>The target's distributions that were made for the round.</summary>
    public TargetRows Rows { get; } = rows;

    /// <summary>The forward of the target and its branches: its first row follows the text, row i + 1 follows node i.</summary>
    public BranchStep Step { get; } = step;

    /// <summary>
    /// The longest path of tokens that were guessed, and how many of it were accepted. Tokens that constraints force are no guesses; where one of them was refused, nothing behind
    /// it was tried and this is 0 of 0.
    /// </summary>
    public DraftCount Guessed
    {
        get
        {
            var forced = 0;
            while (forced < Tree.Count && Tree.Drafter(forced) == ForcedDraft.Name) forced++;
            return Accepted.Length < forced ? default : new DraftCount(Drafted - forced, Accepted.Length - forced);
        }
    }

    /// <summary>The longest path that was drafted.</summary>
    public int Drafted
    {
        get
        {
            var deepest = 0;
            for (var node = 0; node < Tree.Count; node++) deepest = Math.Max(deepest, Tree.Depth(node));
            return deepest;
        }
    }
}
