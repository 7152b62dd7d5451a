namespace Decant.Decoding;

/// <summary>Has one of several drafters draft, or none, and measures what came of it. A drafter that fails is not asked again in the call; the others are.</summary>
internal sealed class AutoRun(IReadOnlyList<AutoDrafter> drafters, ChoiceTable table, DraftSetup setup) : IDraftRun
{
    // A drafter that reads more than this before it drafts is slower than it will be: that round says nothing about it.
    private const int MostUnread = 8;
    private readonly GenerationRequest _request = setup.Request;
    private readonly ChoiceLedger _ledger = new(setup.Request.MaxTokens);
    private long? _start;
    private int _choice;
    private bool _isTypical;

    public async ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken)
    {
        // The first round's forward reads the end of the prompt too: its time says nothing about later ones, so nothing is tried in it and nothing learnt from it.
        var unread = round.State.Position - round.Tree.Depth(round.Root) - setup.Branches.Target.Length;
        _choice = table.Choose(_ledger, drafter => drafters[drafter].Unread(round.State.Position), tries: unread <= 1);
        var (index, length) = table[_choice];
        var drafter = index < 0 ? null : drafters[index];
        _isTypical = drafter is null || drafter.Unread(round.State.Position) <= MostUnread;
        _start = unread <= 1 ? _request.TimeProvider.GetTimestamp() : null;
        if (drafter is null) return;
        var forced = round.Tree.Count;
        round.MaxDepth = Math.Min(round.MaxDepth, length);
        try
        {
            await drafter.Run!.ProposeAsync(round, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // Nothing of the text depends on a draft, and nothing is learnt from this round.
            _request.Speculation.Warn($"The drafter \"{drafter.Name}\" failed and is not used any more in this call: {exception.Message}");
            round.Tree.Truncate(forced);
            _start = null;
            drafter.Drop();
        }
    }

    public void Observe(in RoundOutcome outcome)
    {
        if (_start is { } start) table.Learn(_choice, 1 + outcome.Guessed.Accepted, _request.TimeProvider.GetElapsedTime(start).TotalMilliseconds, _isTypical, _ledger);
        _start = null;
        foreach (var drafter in drafters) drafter.Run?.Observe(outcome);
    }

    public void Dispose()
    {
        foreach (var drafter in drafters) drafter.Drop();
    }
}
