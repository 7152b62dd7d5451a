using Decant.Connectors.Chat;

namespace Decant.Connectors.Engines;

/// <summary>
/// Who holds a model's keys and values, and who gives them up when there is no room: prefix caches first, then idle sequences, which are read again at their next forward.
/// Knows nothing of pages. Safe for concurrent use.
/// </summary>
/// <param name="budget">Most tokens; null where there is no limit, and then sequences keep no history.</param>
/// <param name="tokensInUse">Tokens in use.</param>
/// <param name="preempts">Whether sequences give their rows up; false where others than forwards write rows.</param>
internal sealed class KvMemory(long? budget, Func<long> tokensInUse, bool preempts = true)
{
    private readonly Lock _gate = new();
    private readonly HashSet<EngineSequence> _sequences = [];
    private readonly List<IKvCache> _caches = [];
    private long _preemptions;

    public long? Budget => budget;

    public long TokensInUse => tokensInUse();

    /// <summary>How often a sequence gave its rows up, whether or not others shared their memory.</summary>
    public long Preemptions => Interlocked.Read(ref _preemptions);

    /// <summary>A new sequence's history, or null where no sequence ever gives up its rows.</summary>
    public SequenceHistory? History() => budget is null || !preempts ? null : new SequenceHistory();

    public void Add(EngineSequence sequence)
    {
        sequence.Order = CallScope.NextOrder();
        if (budget is null) return;
        lock (_gate) _sequences.Add(sequence);
    }

    public void Remove(EngineSequence sequence)
    {
        if (budget is null) return;
        lock (_gate) _sequences.Remove(sequence);
    }

    public void Add(IKvCache cache)
    {
        lock (_gate) _caches.Add(cache);
    }

    public void Remove(IKvCache cache)
    {
        lock (_gate) _caches.Remove(cache);
    }

    /// <summary>Makes some room for a sequence. False where nobody has anything to give up.</summary>
    /// <param name="needs">Who needs it.</param>
    /// <param name="who">Who gives way.</param>
    public bool MakeRoom(EngineSequence needs, GiveWay who)
    {
        IKvCache[] caches;
        lock (_gate) caches = [.. _caches];
        if (Array.Exists(caches, cache => cache.TryEvict())) return true;

        EngineSequence[] victims;
        lock (_gate)
        {
            victims = [.. _sequences.Where(other => other != needs && (who == GiveWay.All || other.GivesWayTo(needs, siblings: who == GiveWay.Siblings))).OrderBy(other => other.Priority).ThenByDescending(other => other.Order)];
        }

        if (!Array.Exists(victims, victim => victim.TryPreempt())) return false;
        Interlocked.Increment(ref _preemptions);
        return true;
    }
}
