namespace Decant.Decoding;

/// <summary>A sequence of a model with <see cref="ModelCapabilities.Gradients"/>: a loss can be differentiated by its cached keys and values.</summary>
public interface IDifferentiableSequence : ISequence
{
    /// <summary>Reads tokens behind the cache without appending them, and moves the cached keys and values so that a loss becomes smaller.</summary>
    /// <param name="descent">The tokens, the loss and the steps.</param>
    /// <param name="cancellationToken">Observed before it begins and between steps.</param>
    /// <exception cref="InvalidOperationException">Nothing is cached yet, or a forward of this sequence is running.</exception>
    ValueTask<CacheDescentResult> DescendAsync(CacheDescent descent, CancellationToken cancellationToken = default);
}
