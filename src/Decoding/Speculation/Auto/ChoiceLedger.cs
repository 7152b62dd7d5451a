namespace Decant.Decoding;

/// <summary>What one call has lost by drafting, against decoding without drafts.</summary>
/// <param name="maxTokens">Most tokens of the call.</param>
internal sealed class ChoiceLedger(int maxTokens)
{
    // Trying comes first: a call is expected to be this long, or as long as it may be.
    private const int ExpectedTokens = 200;
    private const double Share = 0.025;
    private int _tokens;

    /// <summary>Milliseconds lost so far; negative where drafting has gained.</summary>
    public double Lost { get; private set; }

    /// <summary>Adds a round.</summary>
    /// <param name="tokens">Tokens it gave.</param>
    /// <param name="time">Milliseconds it took.</param>
    /// <param name="plain">Milliseconds of one token without drafts.</param>
    public void Add(int tokens, double time, double plain)
    {
        _tokens += tokens;
        Lost += time - tokens * plain;
    }

    /// <summary>Whether a round that may lose so much is within what trying may cost.</summary>
    public bool Allows(double loss, double plain) => Lost + loss <= Share * plain * Math.Max(_tokens, Math.Min(ExpectedTokens, maxTokens));
}
