namespace Decant.Decoding;

/// <summary>Parts of the target that end at ever deeper layers: the first one that is sure enough drafts the token. Each reads what it has not read only when it is asked.</summary>
internal sealed class NestedForks(DraftSetup setup, IReadOnlyList<LayerPlan> exits, ValueList<double> thresholds) : IDraftSource
{
    private readonly TargetFork[] _forks = [.. exits.Select(exit => new TargetFork(setup, exit))];
    private readonly RowUncertainty _row = new();

    public async ValueTask<ForwardResult?> ReadAsync(ReadOnlyMemory<int> tokens, DraftRound round, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _forks.Length; i++)
        {
            var result = await _forks[i].ReadAsync(tokens, round, cancellationToken).ConfigureAwait(false);
            if (result is null || _row.Top1(result.Logits(0)) >= thresholds[i]) return result;
            result.Dispose();
        }

        return null;
    }

    public void EndRound()
    {
        foreach (var fork in _forks) fork.EndRound();
    }

    public void Close(ReadOnlySpan<int> text) => EndRound();
}
