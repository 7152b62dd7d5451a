namespace Decant.Connectors.Chat;

/// <summary>What a client and its engine have done and are doing: a snapshot. Counts grow from the client's creation on; rates are differences of two snapshots.</summary>
public sealed record ClientLoad
{
    /// <summary>Calls that are being answered.</summary>
    public int RunningCalls { get; init; }

    /// <summary>Calls that wait for their turn.</summary>
    public int QueuedCalls { get; init; }

    /// <summary>Calls that have ended, however they ended.</summary>
    public long FinishedCalls { get; init; }

    /// <summary>Calls that were refused because the queue was full or their deadline had passed.</summary>
    public long RefusedCalls { get; init; }

    /// <summary>Passes over the model's weights; each may serve several calls.</summary>
    public long Steps { get; init; }

    /// <summary>Rows in all of those passes: prompt tokens, drafted tokens and generated ones.</summary>
    public long StepRows { get; init; }

    /// <summary>Requests of sequences in all of those passes. Per step, this is the batch size.</summary>
    public long StepRequests { get; init; }

    /// <summary>Prompt tokens of calls that were answered to their end.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Those of them that were found in the prefix cache.</summary>
    public long CachedPromptTokens { get; init; }

    /// <summary>Tokens generated so far, those of running calls included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Drafted tokens of calls that were answered to their end.</summary>
    public long DraftedTokens { get; init; }

    /// <summary>Those of them that were accepted.</summary>
    public long AcceptedDraftTokens { get; init; }

    /// <summary>Tokens of keys and values in memory, those of the prefix cache included.</summary>
    public long KvTokensInUse { get; init; }

    /// <summary>How many there may be; null where only the machine's memory limits them.</summary>
    public long? KvTokenBudget { get; init; }

    /// <summary>Tokens that the prefix cache keeps for prompts to come.</summary>
    public long PrefixCacheTokens { get; init; }

    /// <summary>How often a sequence gave up its memory for another and was read again later.</summary>
    public long Preemptions { get; init; }
}
