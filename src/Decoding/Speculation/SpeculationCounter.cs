namespace Decant.Decoding;

/// <summary>What speculation did in one request.</summary>
public sealed class SpeculationCounter
{
    private readonly Dictionary<string, DraftCount> _drafters = [];
    private readonly List<string> _warnings = [];

    /// <summary>Forwards of the target that verified a draft.</summary>
    public int Rounds { get; private set; }

    /// <summary>Tokens that came out of those rounds: the accepted ones, and behind them one of the target's own for each.</summary>
    public int Tokens { get; private set; }

    /// <summary>Drafted tokens that became text.</summary>
    public int Accepted => _drafters.Values.Sum(count => count.Accepted);

    /// <summary>Drafted tokens, those of all branches.</summary>
    public int Drafted => _drafters.Values.Sum(count => count.Drafted);

    /// <summary>Mean number of tokens that a round gave; 0 before the first.</summary>
    public double MeanTokens => Rounds == 0 ? 0 : (double)Tokens / Rounds;

    /// <summary>Time spent guessing.</summary>
    public TimeSpan DraftTime { get; internal set; }

    /// <summary>Time of the forwards that verified, with the verifier's own.</summary>
    public TimeSpan VerifyTime { get; internal set; }

    /// <summary>Drafted and accepted tokens by drafter.</summary>
    public IReadOnlyDictionary<string, DraftCount> Drafters => _drafters;

    /// <summary>What went wrong without harm to the text, such as a drafter that failed and was dropped.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    internal void Warn(string warning) => _warnings.Add(warning);

    /// <summary>Adds a round.</summary>
    internal void Add(DraftTree tree)
    {
        Rounds++;
        for (var node = 0; node < tree.Count; node++) Count(tree.Drafter(node), 1, 0);
    }

    /// <summary>Adds a token that became text.</summary>
    /// <param name="drafter">Who drafted it; null for the target's own.</param>
    internal void Add(string? drafter)
    {
        Tokens++;
        if (drafter is not null) Count(drafter, 0, 1);
    }

    private void Count(string drafter, int drafted, int accepted)
    {
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_drafters, drafter, out _);
        count = new DraftCount(count.Drafted + drafted, count.Accepted + accepted);
    }
}
