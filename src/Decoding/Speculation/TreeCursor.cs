namespace Decant.Decoding;

/// <summary>A state that goes from node to node of a draft: back to where the two paths part, then down.</summary>
/// <param name="drawnFrom">What a node's token was drawn from, for the states that learn from it.</param>
internal sealed class TreeCursor(Func<int, TokenDistribution?> drawnFrom)
{
    private readonly List<int> _path = [];
    private GenerationState _state = null!;
    private DraftTree _tree = null!;

    /// <summary>Where the state is.</summary>
    public int Node { get; private set; }

    /// <summary>Begins a round.</summary>
    /// <param name="state">The state.</param>
    /// <param name="tree">The draft.</param>
    /// <param name="node">Where the state is.</param>
    public void Open(GenerationState state, DraftTree tree, int node) => (_state, _tree, Node) = (state, tree, node);

    /// <summary>Goes to a node or <see cref="DraftTree.Root"/>.</summary>
    public void Move(int node)
    {
        _path.Clear();
        var (here, there) = (Node, node);
        while (here != there)
        {
            if (_tree.Depth(there) >= _tree.Depth(here))
            {
                _path.Add(there);
                there = _tree.Parents[there];
            }
            else
            {
                _state.Rollback(1);
                here = _tree.Parents[here];
            }
        }

        for (var i = _path.Count - 1; i >= 0; i--) _state.Commit(_tree.Tokens[_path[i]], drawnFrom(_path[i]));
        Node = node;
    }
}
