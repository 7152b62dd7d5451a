namespace Decant.Decoding;

/// <summary>Changes probabilities after temperature and truncation, just before the draw: a watermark that must not be truncated away.</summary>
public interface IDistributionProcessor : IRowProcessor
{
    /// <summary>Changes <paramref name="probabilities"/> in place, without changing the processor's state.</summary>
    /// <param name="state">The tokens and the position; read, not changed.</param>
    /// <param name="ids">The candidates' token ids.</param>
    /// <param name="probabilities">Their probabilities. They must sum to 1 afterwards too, and what is 0 must stay 0.</param>
    void Apply(GenerationState state, ReadOnlySpan<int> ids, Span<float> probabilities);
}
