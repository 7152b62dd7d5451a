namespace Decant.Decoding;

/// <summary>A round's tree search over a <see cref="TrigramTable"/>.</summary>
internal sealed class TrigramSearch(TrigramSearchOptions options, TrigramTable table)
{
    // Numbers of this stream are no other's: the target's draws must not depend on what was searched.
    private const int SearchStream = 5;
    private readonly RankedTree _tree = new();
    private readonly List<Node> _nodes = [];
    private readonly int[] _tokens = new int[options.SuccessorsKept];
    private readonly double[] _probabilities = new double[options.SuccessorsKept];
    private DraftRound _round = null!;
    private ulong _key;
    private int _lane;
    private int _first;
    private int _second;

    /// <summary>Searches behind the text and drafts what is found.</summary>
    public void Run(DraftRound round)
    {
        var text = round.State.Tokens;
        if (text.Length < 2) return;
        (_round, _first, _second) = (round, text[^2], text[^1]);
        (_key, _lane) = ((options.Seed is { } seed ? new PositionNoise(seed) : round.State.Noise).Key(text.Length, SearchStream), 0);
        _tree.Clear();
        _nodes.Clear();
        _nodes.Add(new Node());
        Expand(RankedTree.Root);
        if (_nodes[RankedTree.Root].ChildCount == 0) return;
        var depth = Math.Min(options.Depth, round.MaxDepth);
        for (var i = 0; i < options.Iterations; i++) Try(depth);
        Draft();
    }

    // Down to a node that has not been expanded, on from there at random, and back up with what the whole run was worth.
    private void Try(int depth)
    {
        var (node, length, reward) = (RankedTree.Root, 0, 1.0);
        while (length < depth && _nodes[node].ChildCount > 0)
        {
            node = Choose(node);
            reward += _nodes[node].Prior;
            length++;
        }

        if (length < depth) Expand(node);
        var (first, second) = Pair(node);
        for (; length < depth && !Ends(node, second) && Draw(first, second) is var drawn && drawn >= 0; length++)
        {
            reward += _probabilities[drawn];
            (first, second) = (second, _tokens[drawn]);
        }

        for (; node >= 0; node = _tree.Parent(node))
        {
            _tree.Meet(node);
            _nodes[node] = _nodes[node] with { Sum = _nodes[node].Sum + reward };
        }
    }

    private int Choose(int parent)
    {
        var (children, tries) = (_nodes[parent], _tree.Met(parent));
        var explore = options.C1 + Math.Log((tries + options.C2 + 1) / options.C2);
        var (best, bestScore) = (-1, double.NegativeInfinity);
        for (var child = children.FirstChild; child < children.FirstChild + children.ChildCount; child++)
        {
            var met = _tree.Met(child);
            var score = (met == 0 ? 0 : _nodes[child].Sum / met) + (explore * _nodes[child].Prior * Math.Sqrt(tries) / (1 + met));
            if (score > bestScore) (best, bestScore) = (child, score);
        }

        return best;
    }

    private void Expand(int node)
    {
        var (first, second) = Pair(node);
        if (Ends(node, second)) return;
        var count = table.Read(first, second, _tokens, _probabilities);
        _nodes[node] = _nodes[node] with { FirstChild = _nodes.Count, ChildCount = count };
        for (var i = 0; i < count; i++)
        {
            _tree.Add(node, _tokens[i]);
            _nodes.Add(new Node { Prior = _probabilities[i] });
        }
    }

    private int Draw(int first, int second)
    {
        var count = table.Read(first, second, _tokens, _probabilities);
        var at = PositionNoise.Uniform(_key, _lane++);
        for (var i = 0; i < count; i++)
        {
            at -= _probabilities[i];
            if (at < 0) return i;
        }

        return count - 1;
    }

    private void Draft()
    {
        var room = _round.Tree.Count + _round.MaxNodes;
        foreach (var node in _tree.Draft(_round, options.Kind, Math.Min(options.Paths, _round.MaxNodes)))
        {
            var (first, second) = Pair(node);
            if (_round.Tree.Count == room) return;
            var parent = _tree.Drafted(node);
            if (_round.Tree.Depth(parent) - _round.Tree.Depth(_round.Root) == _round.MaxDepth || Ends(node, second)) continue;
            if (table.Read(first, second, _tokens.AsSpan(0, 1), _probabilities) == 1 && _round.Tree.Find(parent, _tokens[0]) < 0) _round.Tree.Add(parent, _tokens[0], options.Kind);
        }
    }

    private bool Ends(int node, int token) => node != RankedTree.Root && _round.Limits.IsEnd(token);

    // The last two tokens of a node's run.
    private (int First, int Second) Pair(int node)
    {
        if (node == RankedTree.Root) return (_first, _second);
        var parent = _tree.Parent(node);
        return (parent == RankedTree.Root ? _second : _tree.Token(parent), _tree.Token(node));
    }

    private readonly record struct Node
    {
        /// <summary>How likely the token is after the two before it.</summary>
        public double Prior { get; init; }

        /// <summary>Rewards of all runs through the node.</summary>
        public double Sum { get; init; }

        public int FirstChild { get; init; }

        public int ChildCount { get; init; }
    }
}
