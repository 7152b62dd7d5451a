namespace Decant.Decoding;

/// <summary>The target's distributions behind the text and behind every drafted token, each made when a verifier first asks for it, with the states of its own path.</summary>
public sealed class TargetRows
{
    private readonly TargetDistribution _target;
    private readonly GenerationState _state;
    private readonly GenerationLimits _limits;
    private readonly List<TokenDistribution> _rows = [];
    private readonly TreeCursor _cursor;

    // Which of the rows is a node's; −1 for none. They are handed out as they are made, for each is as long as the vocabulary.
    private int[] _rowOf = [];
    private int _used;
    private DraftTree _tree = null!;
    private BranchStep _step = null!;

    internal TargetRows(TargetDistribution target, GenerationState state, GenerationLimits limits)
    {
        (_target, _state, _limits) = (target, state, limits);
        _cursor = new TreeCursor(node => _rows[_rowOf[_tree.Parents[node] + 1]]);
    }

    /// <summary>The distribution of the token behind a node. Behind a token that ends the text there is nothing to know: the same token then stands for it, and is not written.</summary>
    /// <param name="node">A node whose path the target finds possible (each token has a probability above 0 in the row before it), or <see cref="DraftTree.Root"/> for the text.</param>
    /// <exception cref="ArgumentException">The target gives a token of the path the probability 0: there is no row behind it.</exception>
    public TokenDistribution At(int node)
    {
        if (_rowOf[node + 1] >= 0) return _rows[_rowOf[node + 1]];
        if (node >= 0 && At(_tree.Parents[node]).ProbabilityOf(_tree.Tokens[node]) <= 0)
            throw new ArgumentException($"The target never writes token {_tree.Tokens[node]} here: there is no row behind it.", nameof(node));
        if (_used == _rows.Count) _rows.Add(new TokenDistribution());
        var row = _rows[_used];
        if (node >= 0 && _limits.IsEnd(_tree.Tokens[node]))
        {
            row.SetSingle(_tree.Tokens[node]);
        }
        else
        {
            _cursor.Move(node);
            _target.Row(_step.Rows(node + 1), _state, row);
        }

        _rowOf[node + 1] = _used++;
        return row;
    }

    /// <summary>Index of the token behind a node, from the start of the prompt.</summary>
    public int Position(int node) => _state.Position - _tree.Depth(_cursor.Node) + _tree.Depth(node);

    internal void Open(DraftTree tree, BranchStep step)
    {
        (_tree, _step) = (tree, step);
        _cursor.Open(_state, tree, DraftTree.Root);
        if (_rowOf.Length < tree.Count + 1) _rowOf = new int[2 * (tree.Count + 1)];
        Array.Fill(_rowOf, -1);
        _used = 0;
    }

    /// <summary>Brings the state back to the text.</summary>
    internal void Rewind() => _cursor.Move(DraftTree.Root);
}
