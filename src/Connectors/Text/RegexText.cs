using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Decant.Connectors.Text;

/// <summary>
/// Runs a tokenizer's regular expression as code points would have it. .NET's expressions see a character beyond U+FFFF as two
/// surrogates without a category; such text is matched on a copy in which one character of the same category stands for it.
/// </summary>
internal sealed class RegexText
{
    private readonly Regex _regex;

    public RegexText(string pattern)
    {
        try
        {
            _regex = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled);
        }
        catch (RegexParseException exception)
        {
            throw new NotSupportedException($"tokenizer.json: the pattern {pattern} cannot be translated ({exception.Message}).", exception);
        }
    }

    /// <summary>Start and length of every non-empty match.</summary>
    public List<(int Start, int Length)> Matches(string text)
    {
        var matches = new List<(int, int)>();
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            foreach (var match in _regex.EnumerateMatches(text))
            {
                if (match.Length > 0) matches.Add((match.Index, match.Length));
            }

            return matches;
        }

        var (copy, offsets) = Project(text);
        foreach (var match in _regex.EnumerateMatches(copy))
        {
            if (match.Length > 0) matches.Add((offsets[match.Index], offsets[match.Index + match.Length] - offsets[match.Index]));
        }

        return matches;
    }

    private static (string Copy, int[] Offsets) Project(string text)
    {
        var copy = new StringBuilder(text.Length);
        var offsets = new List<int>(text.Length + 1);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            offsets.Add(at);
            copy.Append(rune.IsBmp ? (char)rune.Value : Stand(Rune.GetUnicodeCategory(rune)));
            at += rune.Utf16SequenceLength;
        }

        offsets.Add(at);
        return (copy.ToString(), [.. offsets]);
    }

    // One character per category, each outside the ranges that tokenizers name.
    private static char Stand(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => '\u0186',
        UnicodeCategory.LowercaseLetter => '\u0254',
        UnicodeCategory.TitlecaseLetter => '\u01C5',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u1400',
        UnicodeCategory.NonSpacingMark => '\u0300',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u20DD',
        UnicodeCategory.DecimalDigitNumber => '\u0966',
        UnicodeCategory.LetterNumber => '\u2160',
        UnicodeCategory.OtherNumber => '\u2460',
        UnicodeCategory.DashPunctuation => '\u2E1A',
        UnicodeCategory.OtherPunctuation => '\u2020',
        UnicodeCategory.MathSymbol => '\u2200',
        UnicodeCategory.CurrencySymbol => '\u20A0',
        UnicodeCategory.ModifierSymbol => '\u02C2',
        UnicodeCategory.Format => '\u2060',
        UnicodeCategory.PrivateUse => '\uE000',
        UnicodeCategory.OtherNotAssigned => '\u0378',
        _ => '\u2600',
    };
}
