using System.Buffers;
using System.Text;

namespace Decant.Decoding;

/// <summary>
/// Grounds an answer that is to be one of several phrases, such as the names of a robot's actions: a token is as possible as what it can still become. Phrases of any number
/// of tokens are scored by their beginnings.
/// </summary>
/// <remarks>
/// A token's score is that of the phrases it leaves open, by <see cref="PrefixMarginal"/>, divided by that of the phrases that were open before it; along a phrase the scores
/// multiply to the phrase's own, divided by that of all. Behind a whole phrase the turn may end. Immutable and safe for concurrent use: where the world changes, register another
/// under the same name.
/// </remarks>
public sealed class PhraseGrounder : ITokenGrounder
{
    private readonly ITokenVocabulary _vocabulary;
    private readonly HashSet<int> _ends;
    private readonly (byte[] Text, float Score)[] _phrases;
    private readonly PrefixMarginal _marginal;
    private readonly int _longest;

    /// <summary>Creates a grounder.</summary>
    /// <param name="vocabulary">The model's vocabulary.</param>
    /// <param name="phrases">Everything that may be said, word for word and to the full stop, with how possible it is, 0 (impossible) … 1.</param>
    /// <param name="marginal">How the phrases that a beginning leaves open count.</param>
    /// <exception cref="ArgumentException">A phrase is empty, or its score is not from 0 to 1.</exception>
    public PhraseGrounder(ITokenVocabulary vocabulary, IEnumerable<KeyValuePair<string, double>> phrases, PrefixMarginal marginal = PrefixMarginal.Max)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(phrases);
        (_vocabulary, _marginal, _ends) = (vocabulary, marginal, [.. vocabulary.EndOfTurn]);
        _phrases = [.. phrases.Select(phrase => (Text(phrase.Key), Check(phrase.Key, phrase.Value)))];
        _longest = _phrases.Select(phrase => phrase.Text.Length).DefaultIfEmpty(0).Max();
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<int> prefix, ReadOnlySpan<int> candidates, Span<float> scores)
    {
        scores.Clear();
        var buffer = ArrayPool<byte>.Shared.Rent(_longest + 1);
        try
        {
            var length = 0;
            foreach (var token in prefix)
            {
                if (!Append(token, buffer, ref length)) return;
            }

            var open = Open(buffer.AsSpan(0, length), whole: false);
            if (open == 0) return;
            for (var i = 0; i < candidates.Length; i++)
            {
                if (_ends.Contains(candidates[i])) scores[i] = Open(buffer.AsSpan(0, length), whole: true) / open;
                else if (length is var end && Append(candidates[i], buffer, ref end)) scores[i] = Open(buffer.AsSpan(0, end), whole: false) / open;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // False for what cannot be part of a phrase. SentencePiece begins every text with a space, which is not the phrase's.
    private bool Append(int token, byte[] buffer, ref int length)
    {
        if ((uint)token >= (uint)_vocabulary.Count || _vocabulary.IsSpecial(token)) return false;
        var bytes = _vocabulary.Bytes(token);
        if (length == 0 && bytes.StartsWith(" "u8)) bytes = bytes[1..];
        if (bytes.IsEmpty || length + bytes.Length > _longest) return false;
        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
        return true;
    }

    private float Open(ReadOnlySpan<byte> said, bool whole)
    {
        var result = 0f;
        foreach (var (text, score) in _phrases)
        {
            if (whole ? !text.AsSpan().SequenceEqual(said) : !text.AsSpan().StartsWith(said)) continue;
            result = _marginal == PrefixMarginal.Max ? Math.Max(result, score) : result + score;
        }

        return result;
    }

    private static byte[] Text(string phrase) => string.IsNullOrWhiteSpace(phrase)
        ? throw new ArgumentException("A phrase is empty. Give every action a name.", nameof(phrase))
        : Encoding.UTF8.GetBytes(phrase.Trim());

    private static float Check(string phrase, double score) => score is >= 0 and <= 1
        ? (float)score
        : throw new ArgumentException($"The phrase \"{phrase}\" has the score {score}. Scores are from 0 (impossible) to 1.", nameof(score));
}
