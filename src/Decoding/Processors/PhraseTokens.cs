using System.Text;

namespace Decant.Decoding;

/// <summary>Which tokens would complete one of several texts, however the texts are cut into tokens. Safe for concurrent use.</summary>
/// <param name="vocabulary">The tokens.</param>
/// <param name="texts">The texts; none is empty.</param>
/// <param name="special">Special tokens that count as such a text too. Others are no text: what was begun before them is not continued behind them.</param>
internal sealed class PhraseTokens(ITokenVocabulary vocabulary, IEnumerable<string> texts, IReadOnlyList<int> special)
{
    private readonly ByteMatcher _matcher = new(texts.Select(Encoding.UTF8.GetBytes));

    // By the matcher's state. Filled when first met; two callers may both do so, with the same outcome.
    private int[]?[]? _completing;

    /// <summary>The tokens that complete a text behind what was written.</summary>
    public ReadOnlySpan<int> Completing(int state) => (_completing ??= new int[]?[_matcher.StateCount])[state] ??= Find(state);

    /// <summary>How much of the texts has been written; 0 before the first token.</summary>
    public int Next(int state, int token) => token < vocabulary.Count && vocabulary.IsSpecial(token) ? 0 : _matcher.Run(state, Bytes(token), out _);

    /// <summary>The same after many tokens. It depends on no more bytes than the longest text has, so it need not be kept.</summary>
    public int After(ReadOnlySpan<int> generated)
    {
        var start = generated.Length;
        for (var bytes = 0; start > 0 && bytes < _matcher.LongestLength; start--) bytes += Bytes(generated[start - 1]).Length;
        var state = 0;
        foreach (var token in generated[start..]) state = Next(state, token);
        return state;
    }

    private int[] Find(int from)
    {
        List<int> tokens = [.. special];
        for (var id = 0; id < vocabulary.Count; id++)
        {
            if (vocabulary.IsSpecial(id)) continue;
            _matcher.Run(from, Bytes(id), out var completes);
            if (completes) tokens.Add(id);
        }

        return [.. tokens];
    }

    // A model may have more logits than its tokenizer has tokens.
    private ReadOnlySpan<byte> Bytes(int token) => token < vocabulary.Count ? vocabulary.Bytes(token) : [];
}
