namespace Decant.Decoding;

/// <summary>One round as a drafter sees it.</summary>
public sealed class DraftRound
{
    /// <summary>The tokens so far, those of <see cref="Root"/>'s path included. Commit to it while drafting: it is rolled back afterwards.</summary>
    public required GenerationState State { get; init; }

    /// <summary>Receives the draft.</summary>
    public required DraftTree Tree { get; init; }

    /// <summary>What first tokens follow: <see cref="DraftTree.Root"/>, or the last of the tokens that constraints force.</summary>
    public int Root { get; internal set; } = DraftTree.Root;

    /// <summary>How many tokens may be added in all; at least 1 when a drafter is asked.</summary>
    public int MaxNodes { get; internal set; }

    /// <summary>How many tokens a path below <see cref="Root"/> may have; at least 1 when a drafter is asked.</summary>
    public int MaxDepth { get; internal set; }

    /// <summary>The round's chance.</summary>
    public RoundNoise Noise { get; internal set; } = null!;

    /// <summary>Says after each drafted token whether to go on.</summary>
    public required ILengthRun Length { get; init; }

    /// <summary>Says which tokens end the text: nothing is drafted behind them.</summary>
    public required GenerationLimits Limits { get; init; }

    /// <summary>Counts the drafter's own forwards.</summary>
    public required ForwardCounter Counter { get; init; }

    /// <summary>How many forwards will verify the draft: the target's and those of its branches.</summary>
    internal int Verifying { get; init; } = 1;

    /// <summary>Whether the call's budget has a forward left for drafting. Ask before each; a draft that ends here is as long as it is.</summary>
    public bool MayRun => !Limits.IsSpent(Counter, 1 + Verifying);

    /// <summary>Adds a run of tokens below <see cref="Root"/>, as far as the round has room for it; what is in the draft already is used again.</summary>
    /// <param name="run">The run.</param>
    /// <param name="drafter">Who drafts it.</param>
    /// <param name="room">How many tokens the tree may have with it.</param>
    /// <returns>Whether any was added.</returns>
    public bool Add(ReadOnlySpan<int> run, string drafter, int room)
    {
        var (before, node) = (Tree.Count, Root);
        foreach (var token in run[..Math.Min(run.Length, MaxDepth)])
        {
            var known = Tree.Find(node, token);
            if (known < 0 && Tree.Count >= room) break;
            node = known < 0 ? Tree.Add(node, token, drafter) : known;
            if (Limits.IsEnd(token)) break;
        }

        return Tree.Count > before;
    }
}
