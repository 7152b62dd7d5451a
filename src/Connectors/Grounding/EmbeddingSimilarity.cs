using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Grounding;

/// <summary>Takes texts with similar embeddings for texts of one meaning. An approximation: a text and its negation are similar too.</summary>
public sealed class EmbeddingSimilarity : IEntailmentJudge
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _generator;
    private readonly double _threshold;

    /// <summary>Creates the judge.</summary>
    /// <param name="generator">Gives the embeddings; the caller keeps it.</param>
    /// <param name="threshold">Cosine from which two texts mean the same; −1 … 1. Default: 0.9.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is out of range.</exception>
    public EmbeddingSimilarity(IEmbeddingGenerator<string, Embedding<float>> generator, double threshold = 0.9)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (threshold is not (>= -1 and <= 1)) throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A cosine is from -1 to 1.");
        (_generator, _threshold) = (generator, threshold);
    }

    /// <inheritdoc/>
    public bool IsApproximate => true;

    /// <inheritdoc/>
    public async ValueTask<bool> EntailsAsync(string question, string premise, string hypothesis, CancellationToken cancellationToken = default)
    {
        var embeddings = await _generator.GenerateAsync([premise, hypothesis], cancellationToken: cancellationToken).ConfigureAwait(false);
        return TensorPrimitives.CosineSimilarity(embeddings[0].Vector.Span, embeddings[1].Vector.Span) >= _threshold;
    }
}
