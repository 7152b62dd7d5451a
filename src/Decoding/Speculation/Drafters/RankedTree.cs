namespace Decant.Decoding;

/// <summary>Runs of tokens that may follow a text, as a tree whose nodes count how often they were met; the most frequent ones become the draft.</summary>
/// <remarks>A node is never met more often than its parent. Reused from round to round.</remarks>
internal sealed class RankedTree
{
    /// <summary>The text itself.</summary>
    public const int Root = 0;

    private readonly List<(int Token, int Parent)> _nodes = [];
    private readonly List<int> _counts = [];
    private readonly List<int> _order = [];
    private readonly List<int> _drafted = [];

    /// <summary>Number of nodes, the text's included.</summary>
    public int Count => _nodes.Count;

    /// <summary>A node's token; −1 for the text.</summary>
    public int Token(int node) => _nodes[node].Token;

    /// <summary>A node's parent; −1 for the text.</summary>
    public int Parent(int node) => _nodes[node].Parent;

    /// <summary>How often a node was met.</summary>
    public int Met(int node) => _counts[node];

    /// <summary>Where the last draft has a node; below <see cref="DraftTree.Root"/> for one that was left out.</summary>
    public int Drafted(int node) => _drafted[node];

    /// <summary>Leaves only the text.</summary>
    public void Clear()
    {
        _nodes.Clear();
        _counts.Clear();
        Add(-1, -1);
    }

    /// <summary>Adds a node that has not been met yet.</summary>
    public int Add(int parent, int token)
    {
        _nodes.Add((token, parent));
        _counts.Add(0);
        return _nodes.Count - 1;
    }

    /// <summary>Counts a node.</summary>
    public void Meet(int node) => _counts[node]++;

    /// <summary>Adds the nodes that were met most often to a round's draft; of those met as often, the older ones.</summary>
    /// <param name="round">The round.</param>
    /// <param name="name">Who drafts.</param>
    /// <param name="most">How many nodes, at most as many as the round allows.</param>
    /// <returns>The nodes, in the order they were added; valid until the next draft.</returns>
    public IReadOnlyList<int> Draft(DraftRound round, string name, int most)
    {
        _order.Clear();
        _drafted.Clear();
        for (var node = 0; node < _nodes.Count; node++)
        {
            _drafted.Add(DraftTree.Root - 1);
            if (node != Root && _counts[node] > 0) _order.Add(node);
        }

        // Parents come first: they were met as often at least, and are older.
        _order.Sort((first, second) => _counts[first] != _counts[second] ? _counts[second] - _counts[first] : first - second);
        if (_order.Count > most) _order.RemoveRange(most, _order.Count - most);
        _drafted[Root] = round.Root;
        foreach (var node in _order) _drafted[node] = round.Tree.Add(_drafted[Parent(node)], Token(node), name);
        return _order;
    }
}
