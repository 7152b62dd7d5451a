namespace Decant.Decoding;

/// <summary>A drafter at work on one call. Serves one caller at a time.</summary>
public interface IDraftRun : IDisposable
{
    /// <summary>Adds tokens to <see cref="DraftRound.Tree"/> under <see cref="DraftRound.Root"/>; none where it has no guess.</summary>
    /// <param name="round">The text so far and how much may be drafted. Its state may be committed to: it is rolled back afterwards.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    ValueTask ProposeAsync(DraftRound round, CancellationToken cancellationToken);

    /// <summary>Learns what became of the last round's draft, its own or another's. Called while the target's forward is at hand.</summary>
    void Observe(in RoundOutcome outcome)
    {
    }
}
