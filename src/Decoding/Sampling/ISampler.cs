namespace Decant.Decoding;

/// <summary>Turns a processed row of logits into the distribution that a token is drawn from. State of one request; serves one caller at a time.</summary>
public interface ISampler
{
    /// <summary>What logits are divided by, above 0; 1 where nothing is drawn.</summary>
    float Temperature => 1;

    /// <summary>Whether it always takes the likeliest token.</summary>
    bool IsGreedy => false;

    /// <summary>Fills the distribution, without changing the sampler's state.</summary>
    /// <param name="logits">One per vocabulary id; at least one is finite, none is NaN or +∞.</param>
    /// <param name="state">Tokens, position and noise; read, not changed.</param>
    /// <param name="destination">Receives at least one candidate.</param>
    void Fill(ReadOnlySpan<float> logits, GenerationState state, TokenDistribution destination);

    /// <summary>Takes note of a generated token.</summary>
    /// <param name="token">The token.</param>
    /// <param name="drawnFrom">The distribution it came from, or null for a token that was forced.</param>
    void Commit(int token, TokenDistribution? drawnFrom)
    {
    }

    /// <summary>Undoes the last <paramref name="tokenCount"/> commits.</summary>
    void Rollback(int tokenCount)
    {
    }

    /// <summary>An independent sampler in the same state; itself where it has none.</summary>
    ISampler Fork() => this;
}
