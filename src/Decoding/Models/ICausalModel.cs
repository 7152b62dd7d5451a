namespace Decant.Decoding;

/// <summary>A causal language model on some engine: token ids (or embeddings) in, logits rows out. Knows no text.</summary>
/// <remarks>Safe for concurrent use. Owns its weights; sequences must be disposed before the model.</remarks>
public interface ICausalModel : IDisposable
{
    /// <summary>Vocabulary, width, layers and capabilities.</summary>
    ModelInfo Info { get; }

    /// <summary>How many sequences shared a step of the engine lately, on average; at least 1. What drafts pay for depends on it.</summary>
    double Batch => 1;

    /// <summary>Opens an empty sequence (one row of KV cache).</summary>
    ISequence OpenSequence();

    /// <summary>Writes the input embeddings of tokens, the family's scaling included: read as <see cref="ForwardInput.Embeddings"/>, they give what the ids give.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="destination">Receives their embeddings one after the other: tokens × hidden size, exactly.</param>
    /// <exception cref="NotSupportedException">The model has not <see cref="ModelCapabilities.EmbeddingInput"/>.</exception>
    void Embed(ReadOnlySpan<int> ids, Span<float> destination)
        => throw new NotSupportedException($"The model {Info.Name} gives no embeddings ({nameof(ModelCapabilities)}.{nameof(ModelCapabilities.EmbeddingInput)}). Use another engine.");

    /// <summary>
    /// Runs several sequences of this model in one forward. Callers of <see cref="ISequence.ForwardAsync"/> that wait at the same
    /// time are batched as well; this overload makes the batch explicit.
    /// </summary>
    /// <param name="batch">One entry per sequence; a sequence may occur once.</param>
    /// <param name="cancellationToken">Observed until the forward starts, and between chunks of a long one.</param>
    /// <returns>One result per entry, in order. The caller disposes each.</returns>
    ValueTask<ForwardResult[]> ForwardAsync(ReadOnlyMemory<SequenceForward> batch, CancellationToken cancellationToken = default);
}
