using Decant.Decoding;

namespace Decant.Connectors.Embeddings;

/// <summary>Runs texts through a model, many in each forward. Safe for concurrent use.</summary>
/// <param name="model">The model.</param>
/// <param name="pooling">What becomes of its states.</param>
/// <param name="maxTokens">Most tokens in one forward: a longer text takes several.</param>
internal sealed class EmbeddingReader(ICausalModel model, EmbeddingPooling pooling, int maxTokens)
{
    /// <summary>Reads texts to their ends.</summary>
    /// <param name="tokens">The tokens of each; none without tokens.</param>
    /// <param name="cancellationToken">Stops before the next forward.</param>
    /// <exception cref="ContextOverflowException">A text does not fit in the model's context.</exception>
    public async Task<EmbeddedText[]> ReadAsync(int[][] tokens, CancellationToken cancellationToken)
    {
        var texts = Array.ConvertAll(tokens, text => new EmbeddedText(text, model, pooling));
        try
        {
            for (var first = 0; first < texts.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var room = maxTokens;
                var batch = new List<SequenceForward>();
                for (var i = first; i < texts.Length && room > 0; i++)
                {
                    var count = Math.Min(room, texts[i].Left);
                    batch.Add(texts[i].Next(count));
                    room -= count;
                }

                foreach (var (index, result) in (await model.ForwardAsync(batch.ToArray(), cancellationToken).ConfigureAwait(false)).Index())
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
