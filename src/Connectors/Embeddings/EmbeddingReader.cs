using Decant.Decoding;

namespace Decant.Connectors.Embeddings;

/// <summary>Runs texts through a model, many in each forward. Safe for concurrent use.</summary>
internal sealed class EmbeddingReader
{
    private readonly ICausalModel _model;
    private readonly EmbeddingPooling _pooling;
    private readonly int _maxTokens;

    /// <param name="model">The model.</param>
    /// <param name="pooling">What becomes of its states.</param>
    /// <param name="maxTokens">Most tokens in one forward: a longer text takes several.</param>
    /// <exception cref="ArgumentException">The model gives no hidden states.</exception>
    public EmbeddingReader(ICausalModel model, EmbeddingPooling pooling, int maxTokens)
    {
        if (!model.Info.Capabilities.HasFlag(ModelCapabilities.HiddenStates)) throw new ArgumentException($"This needs a model with {ModelCapabilities.HiddenStates}, which {model.Info.Name} has not. Use another engine.", nameof(model));
        (_model, _pooling, _maxTokens) = (model, pooling, maxTokens);
    }

    /// <summary>Reads texts to their ends.</summary>
    /// <param name="tokens">The tokens of each; none without tokens.</param>
    /// <param name="cancellationToken">Stops before the next forward.</param>
    /// <exception cref="ContextOverflowException">A text does not fit in the model's context.</exception>
    public async Task<EmbeddedText[]> ReadAsync(int[][] tokens, CancellationToken cancellationToken)
    {
        var texts = Array.ConvertAll(tokens, text => new EmbeddedText(text, _model, _pooling));
        try
        {
            for (var first = 0; first < texts.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var room = _maxTokens;
                var batch = new List<SequenceForward>();
                for (var i = first; i < texts.Length && room > 0; i++)
                {
                    var count = Math.Min(room, texts[i].Left);
                    batch.Add(texts[i].Next(count));
                    room -= count;
                }

                foreach (var (index, result) in (await _model.ForwardAsync(batch.ToArray(), cancellationToken).ConfigureAwait(false)).Index())
                {
                    using (result) texts[first + index].Add(result);
                }

                while (first < texts.Length && texts[first].Left == 0) texts[first++].Dispose();
            }

            return texts;
        }
        finally
        {
            foreach (var text in texts) text.Dispose();
        }
    }
}
