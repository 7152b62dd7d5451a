namespace Decant.Decoding;

/// <summary>One token of a generation.</summary>
/// <param name="Id">The token's id. The end token is given as well, with <see cref="FinishKind.EndToken"/>.</param>
/// <param name="Finish">Set on the last token of a result that ran to its end: why it ended. Null on all others.</param>
public readonly record struct GeneratedToken(int Id, FinishKind? Finish = null)
{
    /// <summary>Which of several results it belongs to, from 0, the best; 0 where there is one. A result's tokens come together, behind those of better ones.</summary>
    public int Result { get; init; }

    /// <summary>On the last token of a result that its search has scored: the score, larger for better ones. What it measures is the search's to say. Null on all others.</summary>
    public double? Score { get; init; }

    /// <summary>Set on what is no token (its <see cref="Id"/> is −1) but a search's report of the best text so far, where the request asked for reports (<see cref="GenerationRequest.ReportsProgress"/>).</summary>
    public SearchProgress? Progress { get; init; }
}
