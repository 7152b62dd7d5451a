namespace Decant.Decoding;

/// <summary>The raw logits that one position's distribution is made from.</summary>
public readonly ref struct BranchRows
{
    /// <summary>Wraps the row of the model that is being decoded.</summary>
    /// <param name="main">Raw logits, one per vocabulary id.</param>
    public BranchRows(ReadOnlySpan<float> main) => Main = main;

    /// <summary>Raw logits of the model that is being decoded, one per vocabulary id.</summary>
    public ReadOnlySpan<float> Main { get; }
}
