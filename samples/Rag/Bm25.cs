using System.Text.RegularExpressions;

namespace Decant.Samples.Rag;

/// <summary>
/// Okapi BM25 over passages: words that are rare in the collection and frequent in a passage count most, long passages less. Robertson and Zaragoza, "The Probabilistic
/// Relevance Framework" (2009), with the idf that is never negative.
/// </summary>
internal sealed partial class Bm25
{
    private const double Saturation = 1.2;
    private const double LengthWeight = 0.75;

    private readonly IReadOnlyList<Passage> _passages;
    private readonly List<Dictionary<string, int>> _counts;
    private readonly Dictionary<string, int> _passagesWith = new(StringComparer.Ordinal);
    private readonly double _averageLength;

    public Bm25(IReadOnlyList<Passage> passages)
    {
        _passages = passages;
        _counts = [.. passages.Select(passage => Words(passage.Text).CountBy(word => word).ToDictionary(StringComparer.Ordinal))];
        foreach (var word in _counts.SelectMany(counts => counts.Keys)) _passagesWith[word] = _passagesWith.GetValueOrDefault(word) + 1;
        _averageLength = _counts.Average(counts => counts.Values.Sum());
    }

    /// <summary>The best passages for a question, best first; those that share no word with it are left out.</summary>
    public IReadOnlyList<(Passage Passage, double Score)> Search(string question, int count)
    {
        var words = Words(question).Distinct().ToList();
        return [.. _passages.Select((passage, i) => (Passage: passage, Score: Score(words, _counts[i]))).Where(found => found.Score > 0)
            .OrderByDescending(found => found.Score).Take(count)];
    }

    private double Score(List<string> words, Dictionary<string, int> counts)
    {
        var length = counts.Values.Sum() / _averageLength;
        return words.Sum(word =>
        {
            var count = counts.GetValueOrDefault(word);
            var having = _passagesWith.GetValueOrDefault(word);
            var idf = Math.Log(1 + ((_passages.Count - having + 0.5) / (having + 0.5)));
            return idf * count * (Saturation + 1) / (count + (Saturation * (1 - LengthWeight + (LengthWeight * length))));
        });
    }

    private static IEnumerable<string> Words(string text) => WordPattern().Matches(text.ToLowerInvariant()).Select(match => match.Value);

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex WordPattern();
}
