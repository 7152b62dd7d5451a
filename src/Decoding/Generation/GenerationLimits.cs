namespace Decant.Decoding;

/// <summary>Says whether a token is the last one, and why.</summary>
public sealed class GenerationLimits
{
    private readonly int[] _endTokens;
    private readonly BudgetOptions _budget;
    private readonly TimeProvider _time;
    private readonly long _start;

    // How many tokens the text may have, and how many of them were there before what is being counted.
    private int _maxTokens;
    private int _before;

    internal GenerationLimits(GenerationRequest request)
    {
        _endTokens = [.. request.EndTokens];
        _maxTokens = request.MaxTokens;
        _budget = request.Plan.Options.Budget ?? new BudgetOptions();
        if (request.MaxSeconds is { } seconds) _budget = _budget with { MaxSeconds = Math.Min(seconds, _budget.MaxSeconds ?? seconds) };
        (_time, _start) = (request.TimeProvider, request.TimeProvider.GetTimestamp());
    }

    /// <summary>The same limits for a run that goes on with a text, counting from there and ending behind so many tokens at the latest.</summary>
    /// <param name="generated">Tokens that the text has.</param>
    /// <param name="tokens">Most tokens of the run; at least 1.</param>
    internal GenerationLimits After(int generated, int tokens)
    {
        var limits = (GenerationLimits)MemberwiseClone();
        (limits._maxTokens, limits._before) = (Math.Min(_maxTokens - generated, tokens), generated);
        return limits;
    }

    /// <summary>Most tokens of the text.</summary>
    internal int MaxTokens => _maxTokens;

    /// <summary>Why a generation ends with a token, or null if it goes on.</summary>
    /// <param name="token">The token.</param>
    /// <param name="generated">Tokens generated with it.</param>
    /// <param name="branches">What would read it next.</param>
    public FinishKind? Finish(int token, int generated, BranchSet branches) => Finish(token, generated, branches.Room, branches.Counter);

    /// <summary>The same for a token that is not the last that branches have read.</summary>
    /// <param name="token">The token.</param>
    /// <param name="generated">Tokens generated with it.</param>
    /// <param name="room">How many tokens, this one included, the branches had room for.</param>
    /// <param name="counter">What has run; null where more came of the same forwards.</param>
    internal FinishKind? Finish(int token, int generated, int room, ForwardCounter? counter)
    {
        if (IsEnd(token)) return FinishKind.EndToken;
        if (generated >= _maxTokens) return FinishKind.MaxTokens;
        if (room <= 0) return FinishKind.ContextFull;
        if (_before + generated >= _budget.MaxTokens) return FinishKind.Budget;
        return counter is not null && IsSpent(counter) ? FinishKind.Budget : null;
    }

    /// <summary>The tokens that end a generation.</summary>
    internal ReadOnlySpan<int> EndTokens => _endTokens;

    /// <summary>Whether a token ends the generation.</summary>
    public bool IsEnd(int token) => _endTokens.AsSpan().Contains(token);

    /// <summary>Whether the call's seconds or tokens are spent, or its forwards but for fewer than are needed.</summary>
    /// <param name="counter">What has run.</param>
    /// <param name="forwards">How many more are needed.</param>
    public bool IsSpent(ForwardCounter counter, int forwards = 1)
        => counter.Total + forwards > _budget.MaxForwards || counter.Tokens >= _budget.MaxTokens || (_budget.MaxSeconds is { } seconds && _time.GetElapsedTime(_start).TotalSeconds >= seconds);
}
