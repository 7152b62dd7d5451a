using Decant.Connectors.Embeddings;
using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Connectors.Rewards;

/// <summary>Final hidden states of texts, one for each: what a <see cref="LinearHead"/> is trained on and reads. Safe for concurrent use.</summary>
internal sealed class TextStates
{
    // Bounds memory.
    private const int TokensAtOnce = 1024;

    private readonly int _width;
    private readonly TextTokenizer _tokenizer;
    private readonly EmbeddingReader _reader;

    /// <exception cref="ArgumentException">The model gives no hidden states.</exception>
    public TextStates(ICausalModel model, TextTokenizer tokenizer, StatePooling pooling)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        (_width, _tokenizer) = (model.Info.HiddenSize, tokenizer);
        _reader = new EmbeddingReader(model, pooling == StatePooling.Mean ? EmbeddingPooling.Mean : EmbeddingPooling.Last, TokensAtOnce);
    }

    /// <summary>Reads texts, some in each forward.</summary>
    /// <returns>A state for each; zeros for a text without tokens.</returns>
    /// <exception cref="ContextOverflowException">A text does not fit in the model's context.</exception>
    public async ValueTask<float[][]> ReadAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var tokens = texts.Select(text => _tokenizer.Encode(text, parseSpecialTokens: false)).ToList();
        var read = new Queue<EmbeddedText>(await _reader.ReadAsync([.. tokens.Where(text => text.Length > 0)], cancellationToken).ConfigureAwait(false));
        return [.. tokens.Select(text => text.Length > 0 ? read.Dequeue().Pool(_width, normalize: false) : new float[_width])];
    }
}
