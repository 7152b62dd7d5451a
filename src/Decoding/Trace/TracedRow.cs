namespace Decant.Decoding;

/// <summary>A token with the rows it came from; valid during <see cref="ITraceSink.Add"/>.</summary>
/// <param name="token">The token.</param>
/// <param name="source">Where it came from.</param>
/// <param name="rows">Raw logits of all branches.</param>
/// <param name="processed">Logits after contrast, processors and masks.</param>
/// <param name="distribution">What it was drawn from.</param>
/// <param name="state">The state before the token.</param>
public readonly ref struct TracedRow(int token, TokenSource source, BranchRows rows, ReadOnlySpan<float> processed, TokenDistribution distribution, GenerationState state)
{
    /// <summary>The token.</summary>
    public int Token { get; } = token;

    /// <summary>Where it came from.</summary>
    public TokenSource Source { get; } = source;

    /// <summary>Raw logits of all branches.</summary>
    public BranchRows Rows { get; } = rows;

    /// <summary>Logits after contrast, processors and masks.</summary>
    public ReadOnlySpan<float> Processed { get; } = processed;

    /// <summary>What it was drawn from.</summary>
    public TokenDistribution Distribution { get; } = distribution;

    /// <summary>The state before the token.</summary>
    public GenerationState State { get; } = state;

    /// <summary>The drafter that guessed it, or null.</summary>
    public string? Drafter { get; init; }

    /// <summary>The model that a route chose, or null.</summary>
    public string? Model { get; init; }

    /// <summary>Which of several results the token belongs to.</summary>
    public int Result { get; init; }

    /// <summary>On the last token of a result that its search has scored: the score; otherwise null.</summary>
    public double? Score { get; init; }

    /// <summary>What the forward took that gave the rows.</summary>
    public TimeSpan ForwardTime { get; init; }

    /// <summary>What it took to make the distribution of the rows, and to draw.</summary>
    public TimeSpan RowTime { get; init; }
}
