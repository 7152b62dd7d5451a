namespace Decant.Decoding;

/// <summary>A model that drafts a tree, level by level: one forward over the tree so far gives the distributions behind all tokens of a level.</summary>
/// <remarks>
/// How many tokens a node gets must not depend on what is drawn behind it and its siblings in the same level, nor on anything below them, or verdicts would be biased: so levels are
/// drawn from the top.
/// </remarks>
internal abstract class ModelTreeRun : IDraftRun
{
    private static readonly TargetDistribution _alone = new(null);
    private readonly DraftModel _model;
    private readonly string _name;
    private readonly bool _sharesNoise;
    private readonly TreeCursor _cursor;
    private List<LevelNode> _level = [];
    private List<LevelNode> _next = [];
    private int _levelCount;
    private int _nextCount;
    private ReadOnlyMemory<int> _text;
    private int[] _parents = [];
    private int _first;

    /// <summary>Begins a call.</summary>
    /// <param name="setup">The call; its first draft model is used.</param>
    /// <param name="name">The drafter's name.</param>
    /// <exception cref="NotSupportedException">The model cannot run trees.</exception>
    protected ModelTreeRun(DraftSetup setup, string name)
    {
        var model = setup.Drafts[0].Sequence!.Model.Info;
        if (!model.Capabilities.HasFlag(ModelCapabilities.TreeRows))
            throw new NotSupportedException($"\"{name}\" runs trees on the model that drafts, but {model.Name} cannot ({ModelCapabilities.TreeRows}); use \"draft-model\".");
        (_model, _name, _sharesNoise) = (new DraftModel(setup.Drafts[0], setup.Request), name, setup.SharesNoise);
        _cursor = new TreeCursor(node => Round.Tree.Proposal(node));
    }

    /// <summary>The round.</summary>
    protected DraftRound Round { get; private set; } = null!;

    /// <summary>The nodes to draft behind.</summary>
    protected ReadOnlySpan<LevelNode> Level => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_level)[.._levelCount];

    /// <summary>How many more tokens the draft may have.</summary>
    protected int Room => Round.MaxNodes - (Round.Tree.Count - _first);

    /// <summary>Most levels.</summary>
    protected abstract int MaxDepth { get; }

    public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
    {
        (Round, _first) = (round, round.Tree.Count);
        _text = round.State.TokenMemory[..^round.Tree.Depth(round.Root)];
        _cursor.Open(round.State, round.Tree, round.Root);
        _nextCount = 0;
        Enlist(round.Root);
        var most = Math.Min(MaxDepth, round.MaxDepth);
        for (var depth = 1; depth <= most && _nextCount > 0 && Room > 0; depth++)
        {
            (_level, _next, _levelCount, _nextCount) = (_next, _level, _nextCount, 0);
            using var result = await ReadAsync(depth, cancellationToken).ConfigureAwait(false);
            if (result is null) return;
            ProposeAll(result);
            if (_levelCount == 0) return;
            Grow(depth);
        }
    }

    public void Observe(in RoundOutcome outcome) => _text = outcome.State.TokenMemory;

    // The sequence goes back to its owner, who knows only the text.
    public void Dispose() => _model.Keep(_text.Span);

    /// <summary>Draws tokens behind the nodes of <see cref="Level"/> with <see cref="Add"/>.</summary>
    /// <param name="depth">The new tokens' place on their paths, from 1.</param>
    protected abstract void Grow(int depth);

    /// <summary>Draws from a node's whole proposal.</summary>
    /// <param name="node">The node.</param>
    /// <param name="first">Whether it is the node's first draw, which may share the target's noise; a second one would be the same token.</param>
    protected int Draw(LevelNode node, bool first) => first && _sharesNoise
        ? Round.Noise.DrawShared(node.Proposal, _text.Length + Round.Tree.Depth(node.Node))
        : Round.Noise.Draw(node.Proposal);

    /// <summary>Draws from what is <see cref="LevelNode.Left"/> of a node's proposal, which must be something, and takes it out there.</summary>
    /// <inheritdoc cref="Draw"/>
    protected int DrawLeft(LevelNode node, bool first)
    {
        var token = first ? Draw(node, first) : node.Left.Draw(Round.Noise);
        node.Left.Set(token, 0);
        return token;
    }

    /// <summary>Adds a drawn token. Lengths are asked how deep trees may be, and not about each of many paths.</summary>
    /// <returns>The node in the next level; null for one that nothing is drafted behind.</returns>
    protected LevelNode? Add(LevelNode parent, int token, int sequence = -1)
    {
        var node = Round.Tree.Add(parent.Node, token, _name, parent.ProposalIndex, sequence);
        return Round.Limits.IsEnd(token) ? null : Enlist(node);
    }

    private LevelNode Enlist(int node)
    {
        if (_nextCount == _next.Count) _next.Add(new LevelNode());
        var entry = _next[_nextCount++];
        (entry.Node, entry.LogLikelihood, entry.Value) = (node, 0, 0);
        return entry;
    }

    private ValueTask<ForwardResult?> ReadAsync(int depth, CancellationToken cancellationToken)
    {
        if (depth == 1) return _model.ReadAsync(Round.State.TokenMemory, Round, cancellationToken);
        var parents = Round.Tree.Parents[_first..];
        if (_parents.Length < parents.Length) _parents = new int[2 * parents.Length];

        // The model has read what constraints force, so its tree begins below that.
        for (var i = 0; i < parents.Length; i++) _parents[i] = parents[i] - _first;
        return _model.ReadTreeAsync(Round.Tree.TokenMemory[_first..], _parents.AsMemory(0, parents.Length), Round, cancellationToken);
    }

    // Nothing is drafted behind nodes where constraints allow nothing.
    private void ProposeAll(ForwardResult result)
    {
        var open = 0;
        for (var i = 0; i < _levelCount; i++)
        {
            if (!TryPropose(_level[i], result)) continue;
            (_level[open], _level[i]) = (_level[i], _level[open]);
            open++;
        }

        _levelCount = open;
    }

    private bool TryPropose(LevelNode node, ForwardResult result)
    {
        _cursor.Move(node.Node);
        node.Proposal = Round.Tree.RentProposal(out var index);
        node.ProposalIndex = index;
        return _alone.TryRow(new BranchRows(result.Logits(Math.Max(0, node.Node - _first))), Round.State, node.Proposal, out _);
    }
}
