using Decant.Connectors.Text;

namespace Decant.Connectors.Grounding;

/// <summary>Where a text's sentences are, and which tokens belong to which.</summary>
/// <remarks>
/// A sentence ends behind <c>.</c>, <c>!</c> or <c>?</c> (with closing quotes and brackets) that white space or the text's end follows, and at a line break. Abbreviations
/// are not known.
/// </remarks>
internal static class SentenceSpans
{
    /// <summary>The sentences, without the white space around them, in order.</summary>
    public static List<Range> Split(string text)
    {
        var sentences = new List<Range>();
        for (var start = 0; start < text.Length;)
        {
            if (char.IsWhiteSpace(text[start]))
            {
                start++;
                continue;
            }

            var end = End(text, start);
            sentences.Add(start..(start + text.AsSpan(start..end).TrimEnd().Length));
            start = end;
        }

        return sentences;
    }

    /// <summary>For each token, the sentence it belongs to: that of its first visible character; a token of white space belongs to the sentence before it.</summary>
    /// <param name="tokenizer">Gives the tokens' bytes.</param>
    /// <param name="tokens">The tokens of <paramref name="text"/>.</param>
    /// <param name="text">The text.</param>
    /// <param name="sentences">Its sentences.</param>
    /// <returns>One index per token; 0 where there is no sentence before.</returns>
    public static int[] Assign(TextTokenizer tokenizer, IReadOnlyList<int> tokens, string text, IReadOnlyList<Range> sentences)
    {
        // Sentences begin at bytes; a SentencePiece tokenizer puts a space of its own in front.
        var starts = sentences.Select(sentence => System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, sentence.Start.Value))).ToArray();
        var at = tokenizer.StripsLeadingSpace && tokens.Count > 0 && tokenizer.Bytes(tokens[0]).StartsWith(" "u8) && !text.StartsWith(' ') ? -1 : 0;
        var owners = new int[tokens.Count];
        var owner = 0;
        for (var i = 0; i < owners.Length; i++)
        {
            var bytes = tokenizer.Bytes(tokens[i]);
            var visible = bytes.IndexOfAnyExcept(" \n\r\t"u8);
            while (visible >= 0 && owner + 1 < starts.Length && starts[owner + 1] <= at + visible) owner++;
            owners[i] = owner;
            at += bytes.Length;
        }

        return owners;
    }

    private static int End(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] is '\n' or '\r') return i;
            if (!IsMark(text[i])) continue;
            while (i + 1 < text.Length && (IsMark(text[i + 1]) || text[i + 1] is '"' or '\'' or ')' or '”' or '’')) i++;
            if (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]) || IsIdeographic(text[i])) return i + 1;
        }

        return text.Length;
    }

    private static bool IsMark(char c) => c is '.' or '!' or '?' || IsIdeographic(c);

    private static bool IsIdeographic(char c) => c is '。' or '！' or '？';
}
