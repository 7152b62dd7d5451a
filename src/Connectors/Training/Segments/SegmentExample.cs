using Decant.Decoding;

namespace Decant.Connectors.Training;

/// <summary>A text and what follows it.</summary>
/// <param name="Prefix">The text: a request, or a document's beginning.</param>
/// <param name="Continuation">What follows.</param>
public sealed record SegmentExample(string Prefix, string Continuation)
{
    /// <summary>Texts that do not follow, such as other parts of the document or what a model wrote. Other examples' continuations need not be listed. Default: none.</summary>
    public IReadOnlyList<string> Negatives { get; init; } = [];

    /// <summary>Cuts a document: every sentence but the first follows all before it, and the document's other sentences do not.</summary>
    public static IEnumerable<SegmentExample> Cut(string document)
    {
        ArgumentNullException.ThrowIfNull(document);
        var sentences = TextUnits.Sentences(document);
        for (var i = 1; i < sentences.Count; i++)
        {
            var next = document[sentences[i]];
            yield return new SegmentExample(document[sentences[0].Start..sentences[i - 1].End], next)
            {
                Negatives = [.. sentences.Where((_, other) => other != i).Select(other => document[other]).Where(other => other != next)],
            };
        }
    }
}
