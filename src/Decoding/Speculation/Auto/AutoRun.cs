namespace Decant.Decoding;

/// <summary>Has one of several drafters draft, or none, and measures what came of it.</summary>
internal sealed class AutoRun(List<(IDraftRun Run, IReadOnlyList<BranchSource> Sources)> drafters, ChoiceTable table, GenerationRequest request) : IDraftRun
{
    // A drafter that reads more than this before it drafts is slower than it will be: that round says nothing about it.
    private const int MostUnread = 8;
    private readonly ChoiceLedger _ledger = new(request.MaxTokens);
    private long? _start;
    private int _choice;
    private bool _isTypical;

    public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
    {
        _choice = table.Choose(_ledger, drafter => Unread(drafter, round.State.Position));
        var (drafter, length) = table[_choice];
        _isTypical = drafter < 0 || Unread(drafter, round.State.Position) <= MostUnread;
        _start = request.TimeProvider.GetTimestamp();
        if (drafter < 0) return;
        round.MaxDepth = Math.Min(round.MaxDepth, length);
        await drafters[drafter].Run.ProposeAsync(round, cancellationToken).ConfigureAwait(false);
    }

    public void Observe(in RoundOutcome outcome)
    {
        if (_start is { } start) table.Learn(_choice, 1 + outcome.Guessed.Accepted, request.TimeProvider.GetElapsedTime(start).TotalMilliseconds, _isTypical, _ledger);
        _start = null;
        foreach (var (run, _) in drafters) run.Observe(outcome);
    }

    public void Dispose()
    {
        foreach (var (run, _) in drafters) run.Dispose();
    }

    private int Unread(int drafter, int position) => drafters[drafter].Sources.Sum(source => position - source.Sequence!.Length);
}
