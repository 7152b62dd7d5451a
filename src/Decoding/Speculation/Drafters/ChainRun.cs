namespace Decant.Decoding;

/// <summary>Drafts token by token, each drawn from what a source says follows the ones before.</summary>
/// <param name="source">The source: a model, or parts of one.</param>
/// <param name="name">The drafter's name.</param>
/// <param name="maxTokens">Most tokens of a draft.</param>
/// <param name="sharesNoise">Whether it draws with the target's noise.</param>
/// <param name="stopConfidence">The draft ends with a token drawn where the likeliest had less than this probability, 0 … 1.</param>
internal sealed class ChainRun(IDraftSource source, string name, int maxTokens, bool sharesNoise, double stopConfidence = 0) : IDraftRun
{
    private static readonly TargetDistribution _alone = new(null);
    private readonly RowUncertainty _row = new();
    private ReadOnlyMemory<int> _text;

    public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
    {
        _text = round.State.TokenMemory[..^round.Tree.Depth(round.Root)];
        try
        {
            await DraftAsync(round, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            source.EndRound();
        }
    }

    public void Observe(in RoundOutcome outcome) => _text = outcome.State.TokenMemory;

    public void Dispose() => source.Close(_text.Span);

    private async ValueTask DraftAsync(DraftRound round, CancellationToken cancellationToken)
    {
        var (state, node) = (round.State, round.Root);
        var most = Math.Min(maxTokens, Math.Min(round.MaxDepth, round.MaxNodes));
        for (var depth = 1; ; depth++)
        {
            using var result = await source.ReadAsync(state.TokenMemory, round, cancellationToken).ConfigureAwait(false);
            if (result is null) return;
            var proposal = round.Tree.RentProposal(out var index);
            if (!_alone.TryRow(new BranchRows(result.Logits(0)), state, proposal, out var logits)) return;
            var token = sharesNoise ? round.Noise.DrawShared(proposal, state.Position) : round.Noise.Draw(proposal);
            node = round.Tree.Add(node, token, name, index);
            if (depth == most || round.Limits.IsEnd(token) || !round.Length.Continue(new DraftStep(depth, token, logits))) return;
            // The token stays: a draft that depended on dropping it would be biased.
            if (stopConfidence > 0 && _row.Top1(logits) < stopConfidence) return;
            state.Commit(token, proposal);
        }
    }
}
