namespace Decant.Decoding;

/// <summary>Which rows of a forward get logits (and early-exit logits).</summary>
public enum LogitsRows
{
    /// <summary>The last row, or the last <see cref="ForwardInput.LastRows"/>: what a prompt needs.</summary>
    Last,

    /// <summary>Every row: what verification and scoring need.</summary>
    All,

    /// <summary>No row: cache filling only.</summary>
    None,
}
