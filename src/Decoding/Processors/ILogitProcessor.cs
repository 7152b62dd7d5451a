namespace Decant.Decoding;

/// <summary>Changes a row of logits by finite amounts: a penalty, a bias, a guidance term.</summary>
/// <remarks>
/// Holds the state of one request and serves one caller at a time. The row's outcome must depend only on the tokens and the
/// logits, so that a draft verified along a rolled-back path sees what plain decoding would have seen.
/// </remarks>
public interface ILogitProcessor
{
    /// <summary>Changes <paramref name="logits"/> in place, without changing the processor's state.</summary>
    /// <param name="tokens">The prompt and every token committed since, oldest first.</param>
    /// <param name="logits">One value per vocabulary id. A value of −∞ must stay −∞.</param>
    void Apply(ReadOnlySpan<int> tokens, Span<float> logits);

    /// <summary>Takes note of a generated token. Tokens of the prompt are never committed.</summary>
    void Commit(int token);

    /// <summary>Undoes the last <paramref name="tokenCount"/> commits.</summary>
    void Rollback(int tokenCount);

    /// <summary>An independent processor with the same state.</summary>
    ILogitProcessor Fork();
}
