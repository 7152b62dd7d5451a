using System.Globalization;

namespace Decant.Decoding;

/// <summary>Where a text's words and sentences are, for measures of texts.</summary>
public static class TextUnits
{
    /// <summary>The words, in order: runs of letters, digits and marks; apostrophes and hyphens between two of these belong to the word. What is written without spaces is one word.</summary>
    public static List<Range> Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new List<Range>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (IsWordAt(text, i) || (start >= 0 && text[i] is '\'' or '’' or '-' && IsWordAt(text, i + 1))))
            {
                if (start < 0) start = i;
            }
            else if (start >= 0)
            {
                words.Add(start..i);
                start = -1;
            }
        }

        return words;
    }

    /// <summary>
    /// The sentences, without the white space around them, in order. A sentence ends behind <c>.</c>, <c>!</c> or <c>?</c> (with closing quotes and brackets) that white space or the text's end follows, and at a
    /// line break. Abbreviations are not known.
    /// </summary>
    public static List<Range> Sentences(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sentences = new List<Range>();
        for (var start = 0; start < text.Length;)
        {
            if (char.IsWhiteSpace(text[start]))
            {
                start++;
                continue;
            }

            var end = SentenceEnd(text, start);
            sentences.Add(start..(start + text.AsSpan(start..end).TrimEnd().Length));
            start = end;
        }

        return sentences;
    }

    /// <summary>Whether a character that belongs to a word stands at an index.</summary>
    internal static bool IsWordAt(string text, int index) => (uint)index < (uint)text.Length && (char.IsLowSurrogate(text[index]) && index > 0
        ? IsWordAt(text, index - 1)
        : CharUnicodeInfo.GetUnicodeCategory(text, index) is <= UnicodeCategory.OtherNumber);

    private static int SentenceEnd(string text, int start)
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
