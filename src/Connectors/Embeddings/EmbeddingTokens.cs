using Decant.Connectors.Text;

namespace Decant.Connectors.Embeddings;

/// <summary>Texts as the tokens that are read for their embeddings.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="options">The pooling, which may put a prompt around a text, and what becomes of long ones.</param>
/// <param name="contextLength">The model's.</param>
internal sealed class EmbeddingTokens(TextTokenizer tokenizer, LocalEmbeddingOptions options, int contextLength)
{
    private readonly int _most = Math.Min(options.MaxTokens ?? contextLength, contextLength);

    /// <param name="text">The text.</param>
    /// <param name="index">Which it is, for errors.</param>
    /// <exception cref="ArgumentException">It is null or empty, or too long.</exception>
    public int[] Encode(string text, int index)
    {
        if (string.IsNullOrEmpty(text)) throw new ArgumentException($"Text {index} is {(text is null ? "null" : "empty")}: there is nothing to embed. Leave it out.");
        var tokens = Encode(text);
        if (tokens.Length <= _most) return tokens;
        if (!options.TruncatesLongTexts)
            throw new ArgumentException($"Text {index} has {tokens.Length} tokens; at most {_most} are read at a time. Cut it into shorter texts, or set LocalEmbeddingOptions.TruncatesLongTexts to embed its beginning.");

        // What stands around the text stays whole, and fewer tokens of a text may be more of its beginning.
        var own = tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false);
        for (var kept = Math.Min(own.Length - 1, own.Length - (tokens.Length - _most)); kept > 0; kept--)
        {
            var beginning = Encode(tokenizer.Decode(own.AsSpan(0, kept)).TrimEnd('\uFFFD'));
            if (beginning.Length <= _most) return beginning;
        }

        throw new ArgumentException($"LocalEmbeddingOptions.MaxTokens is {_most}, which leaves no token for text {index}: what {options.Pooling} puts around it needs more. Allow more tokens.");
    }

    private int[] Encode(string text)
        => tokenizer.Encode(options.Pooling == EmbeddingPooling.PromptEol ? $"This sentence : \"{text}\" means in one word:\"" : text, parseSpecialTokens: false);
}
