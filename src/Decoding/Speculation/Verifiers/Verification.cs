namespace Decant.Decoding;

/// <summary>One round as a verifier sees it. Reused from round to round.</summary>
public sealed class Verification
{
    private readonly List<int> _accepted = [];

    internal Verification(DraftTree tree, TargetRows rows) => (Tree, Rows) = (tree, rows);

    /// <summary>The draft; it may be empty.</summary>
    public DraftTree Tree { get; }

    /// <summary>The target's distributions.</summary>
    public TargetRows Rows { get; }

    /// <summary>The round's chance.</summary>
    public RoundNoise Noise { get; internal set; } = null!;

    /// <summary>Buffers for what is left of a distribution when drafted tokens have been refused.</summary>
    public ResidualRow Residual { get; } = new();

    /// <summary>The nodes that stay.</summary>
    public IReadOnlyList<int> Accepted => _accepted;

    /// <summary>The token that follows them. It may be one that was drafted there: the round ends all the same.</summary>
    public int Next { get; set; }

    /// <summary>The last node that stays, or <see cref="DraftTree.Root"/>.</summary>
    public int Last => _accepted.Count == 0 ? DraftTree.Root : _accepted[^1];

    /// <summary>Keeps a node, a child of <see cref="Last"/>.</summary>
    public void Accept(int node)
    {
        if (Tree.Parents[node] != Last) throw new ArgumentException("The node is not a child of the last one kept.", nameof(node));
        _accepted.Add(node);
    }

    /// <summary>Keeps a node and all above it.</summary>
    public void AcceptPath(int node)
    {
        if (node < 0) return;
        AcceptPath(Tree.Parents[node]);
        Accept(node);
    }

    internal ReadOnlySpan<int> AcceptedSpan => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_accepted);

    internal void Clear() => _accepted.Clear();
}
