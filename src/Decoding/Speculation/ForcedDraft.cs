namespace Decant.Decoding;

/// <summary>Drafts the tokens that constraints force: what can only come next needs no guess.</summary>
internal static class ForcedDraft
{
    /// <summary>The name under which statistics count these tokens.</summary>
    public const string Name = "forced";

    /// <summary>Adds what is forced behind the text, and commits it to the round's state.</summary>
    /// <param name="round">Its root becomes the last token added.</param>
    /// <returns>How many tokens were added.</returns>
    public static int Extend(DraftRound round)
    {
        var count = 0;
        while (round is { MaxNodes: > 0, MaxDepth: > 0 } && round.State.Forced is >= 0 and var token && round.State.TryCommit(token))
        {
            round.Root = round.Tree.Add(round.Root, token, Name);
            round.MaxNodes--;
            round.MaxDepth--;
            count++;
            if (round.Limits.IsEnd(token)) round.MaxDepth = 0;
        }

        return count;
    }
}
