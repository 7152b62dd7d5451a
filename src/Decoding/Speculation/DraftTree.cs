namespace Decant.Decoding;

/// <summary>
/// One round's draft: tokens that may follow the text, each under the one it follows. Parents come before their children and siblings in the order they were chosen, which
/// verifiers rely on: never sort them.
/// </summary>
/// <remarks>Reused from round to round; serves one caller at a time.</remarks>
public sealed class DraftTree
{
    /// <summary>The parent of first tokens: the text itself.</summary>
    public const int Root = -1;

    private readonly List<TokenDistribution> _proposals = [];
    private int[] _tokens = new int[16];
    private int[] _parents = new int[16];
    private int[] _depths = new int[16];
    private int[] _proposalOf = new int[16];
    private ulong[] _sequences = new ulong[16];
    private string[] _drafters = new string[16];
    private int _proposalCount;

    /// <summary>Number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens, by node.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>Parents, by node; <see cref="Root"/> or a lower node.</summary>
    public ReadOnlySpan<int> Parents => _parents.AsSpan(0, Count);

    /// <summary>How many tokens a node's path has, itself included; 0 for <see cref="Root"/>.</summary>
    public int Depth(int node) => node < 0 ? 0 : _depths[node];

    /// <summary>What a node's token was drawn from, or null where it was chosen without chance.</summary>
    public TokenDistribution? Proposal(int node) => _proposalOf[node] < 0 ? null : _proposals[_proposalOf[node]];

    /// <summary>The probability with which a node's token was proposed: 1 where it was chosen without chance.</summary>
    public double ProposalOf(int node) => Proposal(node) is { } proposal ? proposal.ProbabilityOf(Tokens[node]) / ResidualRow.Total(proposal) : 1;

    /// <summary>With independently drawn sequences that share nodes: bit i is set for the nodes that sequence i goes through. 0 elsewhere.</summary>
    public ulong Sequences(int node) => _sequences[node];

    /// <summary>Who drafted a node, for statistics: a drafter's kind.</summary>
    public string Drafter(int node) => _drafters[node];

    /// <summary>The first child of <paramref name="parent"/> after node <paramref name="after"/>, or −1.</summary>
    /// <param name="parent">A node or <see cref="Root"/>.</param>
    /// <param name="after">The sibling before it; −1 for the first.</param>
    public int NextChild(int parent, int after = -1)
    {
        for (var node = Math.Max(after, parent) + 1; node < Count; node++)
        {
            if (_parents[node] == parent) return node;
        }

        return -1;
    }

    /// <summary>The first child of <paramref name="parent"/> with a token, or −1.</summary>
    public int Find(int parent, int token)
    {
        for (var node = parent + 1; node < Count; node++)
        {
            if (_parents[node] == parent && _tokens[node] == token) return node;
        }

        return -1;
    }

    /// <summary>The child of <paramref name="parent"/> that an independently drawn sequence goes through, or −1.</summary>
    public int ChildOn(int parent, int sequence)
    {
        for (var node = parent + 1; node < Count; node++)
        {
            if (_parents[node] == parent && (_sequences[node] & (1UL << sequence)) != 0) return node;
        }

        return -1;
    }

    /// <summary>Those of the independently drawn sequences that go on behind a node, as in <see cref="Sequences"/>.</summary>
    public ulong SequencesBehind(int parent)
    {
        var sequences = 0UL;
        for (var node = NextChild(parent); node >= 0; node = NextChild(parent, node)) sequences |= _sequences[node];
        return sequences;
    }

    /// <summary>Adds a token.</summary>
    /// <param name="parent">What it follows: a node or <see cref="Root"/>.</param>
    /// <param name="token">The token.</param>
    /// <param name="drafter">Who drafts it.</param>
    /// <param name="proposal">The index that <see cref="RentProposal"/> gave for what it was drawn from; −1 for a token chosen without chance.</param>
    /// <param name="sequence">Which of independently drawn sequences it belongs to, 0 … 63; −1 for none.</param>
    /// <returns>The node.</returns>
    public int Add(int parent, int token, string drafter, int proposal = -1, int sequence = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(parent, Count);
        if (Count == _tokens.Length) Grow();
        var node = Count++;
        (_tokens[node], _parents[node], _depths[node], _proposalOf[node], _drafters[node]) = (token, parent, Depth(parent) + 1, proposal, drafter);
        _sequences[node] = sequence < 0 ? 0 : 1UL << sequence;
        return node;
    }

    /// <summary>Has another independently drawn sequence go through a node.</summary>
    public void Join(int node, int sequence) => _sequences[node] |= 1UL << sequence;

    /// <summary>A distribution to fill and draw tokens from; it stays as it is until the next round.</summary>
    /// <param name="index">What <see cref="Add"/> calls it.</param>
    public TokenDistribution RentProposal(out int index)
    {
        if (_proposalCount == _proposals.Count) _proposals.Add(new TokenDistribution());
        index = _proposalCount++;
        return _proposals[index];
    }

    /// <summary>Removes every token.</summary>
    public void Clear() => (Count, _proposalCount) = (0, 0);

    /// <summary>Removes all but the first <paramref name="count"/> tokens.</summary>
    public void Truncate(int count) => Count = Math.Min(Count, count);

    internal ReadOnlyMemory<int> TokenMemory => _tokens.AsMemory(0, Count);

    internal ReadOnlyMemory<int> ParentMemory => _parents.AsMemory(0, Count);

    private void Grow()
    {
        var size = 2 * _tokens.Length;
        Array.Resize(ref _tokens, size);
        Array.Resize(ref _parents, size);
        Array.Resize(ref _depths, size);
        Array.Resize(ref _proposalOf, size);
        Array.Resize(ref _sequences, size);
        Array.Resize(ref _drafters, size);
    }
}
