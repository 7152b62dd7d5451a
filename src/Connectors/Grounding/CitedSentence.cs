using System.Globalization;
using System.Text.RegularExpressions;
using Decant.Decoding;

namespace Decant.Connectors.Grounding;

/// <summary>A sentence with the passages it cites.</summary>
/// <param name="Text">The sentence without its citations.</param>
/// <param name="Citations">Numbers of passages from 1, in the order written, each once.</param>
public sealed partial record CitedSentence(string Text, IReadOnlyList<int> Citations)
{
    /// <summary>Reads an answer as the constraint <see cref="Decoding.CitationOptions"/> lets it be written: <c>It is silk. [2]</c></summary>
    /// <param name="answer">The answer; sentences without citations are read too.</param>
    public static IReadOnlyList<CitedSentence> Parse(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var sentences = new List<CitedSentence>();
        var at = 0;
        foreach (Match match in CitationPattern().Matches(answer))
        {
            sentences.AddRange(Plain(answer[at..match.Index]));
            var numbers = match.Groups[1].Captures.Select(capture => int.Parse(capture.ValueSpan, CultureInfo.InvariantCulture)).Distinct();
            if (sentences.Count > 0) sentences[^1] = sentences[^1] with { Citations = [.. sentences[^1].Citations.Union(numbers)] };
            at = match.Index + match.Length;
        }

        return [.. sentences, .. Plain(answer[at..])];
    }

    private static IEnumerable<CitedSentence> Plain(string text) => TextUnits.Sentences(text).Select(span => new CitedSentence(text[span], []));

    [GeneratedRegex(@"(?:\s*\[(\d{1,9})\])+")]
    private static partial Regex CitationPattern();
}
