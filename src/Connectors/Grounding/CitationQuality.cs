namespace Decant.Connectors.Grounding;

/// <summary>How well an answer's citations hold up.</summary>
/// <param name="Recall">Share of sentences that follow from what they cite, taken together; 1 for an empty answer.</param>
/// <param name="Precision">Share of citations whose passage alone supports the sentence, or without which the rest would not; 1 where nothing is cited.</param>
public sealed record CitationQuality(double Recall, double Precision)
{
    /// <summary>Has a judge check every citation.</summary>
    /// <param name="sentences">The answer; see <see cref="CitedSentence.Parse"/>.</param>
    /// <param name="passages">The passages, [1] first.</param>
    /// <param name="judge">Says what follows from what.</param>
    /// <param name="cancellationToken">Stops the judge.</param>
    /// <exception cref="ArgumentException">A passage is cited that is not there.</exception>
    public static async Task<CitationQuality> MeasureAsync(
        IReadOnlyList<CitedSentence> sentences, IReadOnlyList<string> passages, IEntailmentJudge judge, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(passages);
        ArgumentNullException.ThrowIfNull(judge);
        async Task<bool> Supports(IEnumerable<int> cited, string sentence)
        {
            var text = string.Join(' ', cited.Select(number => passages[number - 1]));
            return text.Length > 0 && await judge.EntailsAsync("", text, sentence, cancellationToken).ConfigureAwait(false);
        }

        var (recalled, precise, citations) = (0, 0, 0);
        foreach (var (text, cited) in sentences)
        {
            if (cited.Any(number => number < 1 || number > passages.Count))
                throw new ArgumentException($"\"{text}\" cites [{cited.First(number => number < 1 || number > passages.Count)}], but there are {passages.Count} passages.", nameof(sentences));
            citations += cited.Count;
            var whole = await Supports(cited, text).ConfigureAwait(false);
            if (!whole) continue;
            recalled++;
            foreach (var number in cited)
            {
                if (await Supports([number], text).ConfigureAwait(false) || !await Supports(cited.Where(other => other != number), text).ConfigureAwait(false)) precise++;
            }
        }

        return new CitationQuality(sentences.Count == 0 ? 1 : (double)recalled / sentences.Count, citations == 0 ? 1 : (double)precise / citations);
    }
}
