namespace Decant.Decoding;

/// <summary>One round as a verifier sees it. Reused from round to round.</summary>
public sealed class Verification
{
    private readonly List<int> _accepted = [];
    private readonly List<ResidualRow> _residuals = [];

    internal Verification(DraftTree tree, TargetRows rows, SiblingLaw law) => (Tree, Rows, Law) = (tree, rows, law);

    /// <summary>The draft; it may be empty.</summary>
    public DraftTree Tree { get; }

    /// <summary>How the drafter chose the children of a node. Nodes without a proposal (<see cref="DraftTree.Proposal"/>) may stand anywhere above them: what constraints force.</summary>
    public SiblingLaw Law { get; }

    /// <summary>The target's distributions.</summary>
    public TargetRows Rows { get; }

    /// <summary>The round's chance.</summary>
    public RoundNoise Noise { get; internal set; } = null!;

    /// <summary>Buffers for what is left of a distribution when drafted tokens have been refused.</summary>
    public ResidualRow Residual => Residuals(0);

    /// <summary>What <see cref="LoadProposal"/> has loaded.</summary>
    public ResidualRow Proposal { get; } = new();

    /// <summary>The nodes that stay.</summary>
    public IReadOnlyList<int> Accepted => _accepted;

    /// <summary>The token that follows them. It may be one that was drafted there: the round ends all the same.</summary>
    public int Next { get; set; }

    /// <summary>The last node that stays, or <see cref="DraftTree.Root"/>.</summary>
    public int Last => _accepted.Count == 0 ? DraftTree.Root : _accepted[^1];

    /// <summary>More buffers of the kind of <see cref="Residual"/>, for verifiers that look at several nodes at once.</summary>
    /// <param name="index">Which, from 0.</param>
    public ResidualRow Residuals(int index)
    {
        while (_residuals.Count <= index) _residuals.Add(new ResidualRow());
        return _residuals[index];
    }

    /// <summary>The probability with which a node's token was proposed, as <see cref="LoadProposal"/> returns it; loads nothing where it need not.</summary>
    public double ProposalOf(int node) => Law == SiblingLaw.WithoutReplacement ? LoadProposal(node) : Tree.ProposalOf(node);

    /// <summary>
    /// Loads what a node's token was drawn from, adding up to 1, into <see cref="Proposal"/>: under <see cref="SiblingLaw.WithoutReplacement"/> that is without the siblings before
    /// it. A token that was chosen without chance counts as proposed for certain.
    /// </summary>
    /// <returns>The probability with which the node's token was proposed.</returns>
    public double LoadProposal(int node)
    {
        var token = Tree.Tokens[node];
        if (Tree.Proposal(node) is not { } proposal)
        {
            Proposal.Clear();
            Proposal.Add(token, 1);
            return 1;
        }

        Proposal.Load(proposal);
        if (Law == SiblingLaw.WithoutReplacement)
        {
            var parent = Tree.Parents[node];
            for (var before = Tree.NextChild(parent); before != node; before = Tree.NextChild(parent, before)) Proposal.Set(Tree.Tokens[before], 0);
            Proposal.Scale(1 / Proposal.Sum);
        }

        return Proposal[token];
    }

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
