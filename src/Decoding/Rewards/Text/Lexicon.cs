using System.Globalization;

namespace Decant.Decoding;

/// <summary>Words with scores, such as how positive they are. Register it in <see cref="DecodingServices"/> under the name that <see cref="LexiconRewardOptions.Lexicon"/> gives.</summary>
/// <remarks>Immutable.</remarks>
public sealed class Lexicon
{
    private readonly Dictionary<string, double> _scores;

    /// <summary>Creates a lexicon.</summary>
    /// <param name="scores">Each word's score; at least one. Small letters stand for capitals too. Where a word comes twice, the last counts.</param>
    /// <exception cref="ArgumentException">There is no word, or a score is not finite.</exception>
    public Lexicon(IEnumerable<KeyValuePair<string, double>> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        _scores = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (word, score) in scores)
        {
            _scores[word] = double.IsFinite(score) ? score : throw new ArgumentException($"The score of \"{word}\" is {score}, which is no finite number.", nameof(scores));
        }

        if (_scores.Count == 0) throw new ArgumentException("A lexicon has at least one word.", nameof(scores));
    }

    /// <summary>Number of words.</summary>
    public int Count => _scores.Count;

    /// <summary>Reads a lexicon in VADER's format: a word and its score on each line, with a tab between them; whatever follows behind another tab is ignored.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line has no score; the message says which.</exception>
    public static Lexicon Load(string path)
    {
        List<KeyValuePair<string, double>> scores = [];
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (line.Split('\t') is not [{ Length: > 0 } word, var text, ..] || !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) || !double.IsFinite(score))
                throw new InvalidDataException($"{path}, line {index + 1}: \"{line}\" is not a word, a tab and a score.");
            scores.Add(new(word, score));
        }

        return scores.Count > 0 ? new Lexicon(scores) : throw new InvalidDataException($"{path} has no words.");
    }

    /// <summary>The scores of the words that a text has and the lexicon knows, in order.</summary>
    /// <remarks>Words are what white space separates; as they are (as with emoticons), or without the punctuation around them.</remarks>
    public IEnumerable<double> Scores(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var piece in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Find(piece) is { } whole) yield return whole;
            else if (Find(Bare(piece)) is { } bare) yield return bare;
        }
    }

    private double? Find(string word) => _scores.TryGetValue(word, out var score) || _scores.TryGetValue(word.ToLowerInvariant(), out score) ? score : null;

    private static string Bare(string piece)
    {
        var (start, end) = (0, piece.Length);
        while (start < end && !TextUnits.IsWordAt(piece, start)) start++;
        while (start < end && !TextUnits.IsWordAt(piece, end - 1)) end--;
        return piece[start..end];
    }
}
