namespace Decant.Decoding;

/// <summary>A length controller at work on one call. Serves one caller at a time.</summary>
public interface ILengthRun
{
    /// <summary>Measures what it needs to know, before the first draft.</summary>
    ValueTask PrepareAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Most tokens that a path of the next draft may have; 0 to decode this token without a draft. A drafter's own members may say less.</summary>
    int MaxDepth { get; }

    /// <summary>Whether to draft another token behind one that is in the draft already. Drafted tokens stay: a draft that depended on dropping some would be biased.</summary>
    bool Continue(in DraftStep step) => true;

    /// <summary>Learns what became of a draft.</summary>
    void Observe(in RoundOutcome outcome)
    {
    }
}
