namespace Decant.Decoding;

/// <summary>State of one request that follows the generated tokens. Serves one caller at a time.</summary>
/// <remarks>
/// Outcomes must depend only on the tokens and the row, so that a draft verified along a rolled-back path sees what plain decoding would have seen.
/// </remarks>
public interface IRowProcessor
{
    /// <summary>Takes note of a generated token. Tokens of the prompt are never committed.</summary>
    void Commit(int token);

    /// <summary>Undoes the last <paramref name="tokenCount"/> commits.</summary>
    void Rollback(int tokenCount);

    /// <summary>An independent processor with the same state.</summary>
    IRowProcessor Fork();
}
