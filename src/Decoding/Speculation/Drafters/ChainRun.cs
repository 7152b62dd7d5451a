namespace Decant.Decoding;

/// <summary>A model that drafts token by token.</summary>
/// <param name="model">The model.</param>
/// <param name="name">The drafter's name.</param>
/// <param name="maxTokens">Most tokens of a draft.</param>
/// <param name="sharesNoise">Whether it draws with the target's noise.</param>
internal sealed class ChainRun(DraftModel model, string name, int maxTokens, bool sharesNoise) : IDraftRun
{
    private static readonly TargetDistribution _alone = new(null);
    private ReadOnlyMemory<int> _text;

    public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
    {
        var (state, node) = (round.State, round.Root);
        _text = state.TokenMemory[..^round.Tree.Depth(round.Root)];
        var most = Math.Min(maxTokens, Math.Min(round.MaxDepth, round.MaxNodes));
        for (var depth = 1; ; depth++)
        {
            using var result = await model.ReadAsync(state.TokenMemory, round.Counter, cancellationToken).ConfigureAwait(false);
            var proposal = round.Tree.RentProposal(out var index);
            var logits = _alone.Row(new BranchRows(result.Logits(0)), state, proposal);
            var token = sharesNoise ? round.Noise.DrawShared(proposal, state.Position) : round.Noise.Draw(proposal);
            node = round.Tree.Add(node, token, name, index);
            if (depth == most || round.Limits.IsEnd(token) || !round.Length.Continue(new DraftStep(depth, token, logits))) return;
            state.Commit(token, proposal);
        }
    }

    public void Observe(in RoundOutcome outcome) => _text = outcome.State.TokenMemory;

    // The sequence goes back to its owner, who knows only the text.
    public void Dispose() => model.Keep(_text.Span);
}
