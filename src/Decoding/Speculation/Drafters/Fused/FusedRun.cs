namespace Decant.Decoding;

/// <summary><see cref="FusedOptions"/> at work on one call.</summary>
internal sealed class FusedRun(FusedOptions options, IDraftRun primary, IDraftRun secondary) : IDraftRun
{
    private readonly DraftTree _found = new();
    private int[] _places = [];
    private DraftRound? _second;

    public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
    {
        var nodes = round.MaxNodes;
        var position = round.State.Position;
        await FindAsync(round, Math.Min(options.Secondary!.MaxNodes, nodes / 2), cancellationToken).ConfigureAwait(false);
        round.State.Rollback(round.State.Position - position);

        // Room for all that was found, whatever will be left of it: what depends on the draws must not decide how much is drawn.
        var forced = round.Tree.Count;
        round.MaxNodes = Math.Min(options.Primary!.MaxNodes, nodes - (_found.Count - forced));
        await primary.ProposeAsync(round, cancellationToken).ConfigureAwait(false);
        Insert(round, forced);
    }

    public void Observe(in RoundOutcome outcome)
    {
        primary.Observe(outcome);
        secondary.Observe(outcome);
    }

    public void Dispose()
    {
        primary.Dispose();
        secondary.Dispose();
    }

    // In a tree of its own, behind the same forced tokens.
    private async ValueTask FindAsync(DraftRound round, int nodes, CancellationToken cancellationToken)
    {
        _found.Clear();
        for (var node = 0; node < round.Tree.Count; node++) _found.Add(round.Tree.Parents[node], round.Tree.Tokens[node], round.Tree.Drafter(node));
        if (nodes == 0) return;
        _second ??= new DraftRound { State = round.State, Tree = _found, Length = OpenLength.Instance, Limits = round.Limits, Counter = round.Counter, Verifying = round.Verifying };
        (_second.Root, _second.MaxNodes, _second.MaxDepth, _second.Noise) = (round.Root, nodes, round.MaxDepth, round.Noise);
        await secondary.ProposeAsync(_second, cancellationToken).ConfigureAwait(false);
    }

    private void Insert(DraftRound round, int forced)
    {
        var tree = round.Tree;
        var drawn = tree.Count;
        if (_places.Length < _found.Count) _places = new int[2 * _found.Count];
        for (var node = 0; node < forced; node++) _places[node] = node;
        for (var node = forced; node < _found.Count; node++)
        {
            var parent = _found.Parents[node];
            var place = parent < 0 ? DraftTree.Root : _places[parent];
            var token = _found.Tokens[node];
            _places[node] = place < DraftTree.Root ? place : Place(tree, place, token, drawn, _found.Drafter(node));
        }
    }

    private int Place(DraftTree tree, int parent, int token, int drawn, string drafter)
    {
        var known = tree.Find(parent, token);
        if (known >= 0) return known;
        var child = parent < drawn ? tree.NextChild(parent) : -1;
        return child >= 0 && tree.Proposal(child) is { } proposal && !IsLikely(proposal, token) ? DraftTree.Root - 1 : tree.Add(parent, token, drafter);
    }

    private bool IsLikely(TokenDistribution proposal, int token)
    {
        var own = proposal.ProbabilityOf(token);
        if (own <= 0) return false;
        var likelier = 0;
        foreach (var probability in proposal.Probabilities)
        {
            if (probability > own && ++likelier == options.PruneTopK) return false;
        }

        return true;
    }
}
