namespace Decant.Decoding;

/// <summary>Drafts with the best set of layers' parts that a search has found, and tries another set each round while the search goes on.</summary>
internal sealed class LayerSearchRun(TargetFork fork, ChainRun chain, LayerSetSearch search) : IDraftRun
{
    private const int LeastTokens = 32;
    private const int MostTokens = 50;

    public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
    {
        var text = round.State.TokenMemory[..^round.Tree.Depth(round.Root)];
        var count = Math.Min(MostTokens, text.Length - round.State.PromptLength);
        if (count >= LeastTokens && round.MayRun && search.Next() is { } layers)
            search.Add(layers, await fork.ScoreAsync(layers, text, count, round.Counter, cancellationToken).ConfigureAwait(false));

        if (search.Best is not { } best) return;
        fork.Layers = best;
        await chain.ProposeAsync(round, cancellationToken).ConfigureAwait(false);
    }

    public void Observe(in RoundOutcome outcome) => chain.Observe(outcome);

    public void Dispose() => chain.Dispose();
}
