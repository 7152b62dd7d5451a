namespace Decant.Connectors.Text;

/// <summary>What a pre-tokenizer does with the delimiters it finds.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}
