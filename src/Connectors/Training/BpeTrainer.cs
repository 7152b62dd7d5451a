using System.Text;
using System.Text.RegularExpressions;
using Decant.Connectors.Text;

namespace Decant.Connectors.Training;

/// <summary>
/// Learns a byte-level byte-pair tokenizer (Sennrich et al. 2016; Radford et al. 2019): the most frequent pair of neighbouring tokens becomes a token,
/// again and again. Among equally frequent pairs the one whose tokens are older wins, so that the same texts give the same tokenizer everywhere.
/// </summary>
public static class BpeTrainer
{
    /// <summary>Learns from texts. Special tokens and marks in them separate words and are not learned from.</summary>
    /// <param name="texts">The texts; read once.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or there is no text.</exception>
    public static TrainedTokenizer Train(IEnumerable<string> texts, BpeTrainerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new BpeTrainerOptions();
        options.Validate();
        var words = CountWords(texts, options);
        if (words.Count == 0) throw new ArgumentException("There is no text to learn a tokenizer from.", nameof(texts));

        List<string> tokens = [.. options.SpecialTokens, .. options.Marks];
        var firstByte = tokens.Count;
        for (var b = 0; b < 256; b++) tokens.Add(ByteLevel.Encode((byte)b));
        var pairs = new PairCounts(words.Select(word => (word.Key.Select(b => b + firstByte).ToArray(), word.Value)));
        var merges = new List<(string, string)>();
        while (tokens.Count < options.VocabularySize && pairs.MostFrequent(options.MinimumCount) is { } pair)
        {
            merges.Add((tokens[pair.Left], tokens[pair.Right]));
            tokens.Add(tokens[pair.Left] + tokens[pair.Right]);
            pairs.Merge(pair, tokens.Count - 1);
        }

        return new TrainedTokenizer(tokens, merges, options);
    }

    private static List<KeyValuePair<byte[], long>> CountWords(IEnumerable<string> texts, BpeTrainerOptions options)
    {
        var pattern = new RegexText(options.Pattern);
        string[] controls = [.. options.SpecialTokens, .. options.Marks];
        var separator = controls.Length == 0 ? null : new Regex(string.Join('|', controls.OrderByDescending(token => token.Length).Select(Regex.Escape)));
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            foreach (var part in separator?.Split(text) ?? [text])
            {
                foreach (var (start, length) in pattern.Matches(part))
                {
                    var word = part.AsSpan(start, length);
                    lookup[word] = lookup.TryGetValue(word, out var count) ? count + 1 : 1;
                }
            }
        }

        // In a fixed order, so that nothing depends on the dictionary's.
        return [.. counts.OrderBy(word => word.Key, StringComparer.Ordinal)
            .Select(word => new KeyValuePair<byte[], long>(Encoding.UTF8.GetBytes(word.Key), word.Value))];
    }
}
