using System.Globalization;

namespace Decant.Connectors.Grounding;

/// <summary>An answer with the passage that each of its sentences comes from.</summary>
/// <param name="Sentences">All its sentences, in order.</param>
/// <param name="Text">The sentences, each supported one with its source's number from 1: <c>It is silk. [2]</c> Unsupported ones have no number, or are left out where that was asked for.</param>
public sealed record AttributedAnswer(IReadOnlyList<AttributedSentence> Sentences, string Text)
{
    internal static AttributedAnswer Of(IReadOnlyList<AttributedSentence> sentences, bool dropUnsupported) => new(sentences, string.Join(' ', sentences
        .Where(sentence => sentence.IsSupported || !dropUnsupported)
        .Select(sentence => sentence.IsSupported ? string.Create(CultureInfo.InvariantCulture, $"{sentence.Text} [{sentence.Source + 1}]") : sentence.Text)));
}
