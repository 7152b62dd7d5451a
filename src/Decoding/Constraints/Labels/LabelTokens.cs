using System.Numerics.Tensors;

namespace Decant.Decoding;

/// <summary>The tokens that write labels, and how likely a row finds them. Safe for concurrent use.</summary>
internal sealed class LabelTokens(ITokenVocabulary vocabulary, IReadOnlyCollection<string> labels)
{
    private readonly PhraseTokens _phrases = new(vocabulary, labels, [.. labels.Select(vocabulary.Find).OfType<int>().Where(vocabulary.IsSpecial)]);

    /// <summary>The tokens that complete a label behind what was written.</summary>
    public ReadOnlySpan<int> Completing(int state) => _phrases.Completing(state);

    /// <summary>How much of a label has been written; 0 before the first token.</summary>
    public int Next(int state, int token) => _phrases.Next(state, token);

    /// <summary>The probability that the next token completes a label.</summary>
    /// <param name="raw">The model's row.</param>
    /// <param name="generated">What was written before.</param>
    /// <param name="scratch">As long as the row.</param>
    public double Probability(ReadOnlySpan<float> raw, ReadOnlySpan<int> generated, Span<float> scratch)
    {
        var total = RowWeights.Fill(raw, TensorPrimitives.Max(raw), 1, scratch);
        var sum = 0.0;
        foreach (var token in Completing(_phrases.After(generated))) sum += token < scratch.Length ? scratch[token] : 0;
        return sum / total;
    }
}
