using System.Globalization;
using System.Text.RegularExpressions;

namespace Decant.Decoding;

/// <summary>Finds the answer that a text comes to, in a form that equal answers share: what votes are counted by.</summary>
public static partial class FinalAnswer
{
    /// <summary>
    /// What the pattern's group holds where it matches last, or, without a pattern, the last number; where there is no match or number, the whole text. Numbers are written alike ("1,200.50" as "1200.5"); of
    /// other answers neither case, nor how white space is written, nor quotes and punctuation around them count.
    /// </summary>
    /// <param name="text">The text, without its reasoning.</param>
    /// <param name="pattern">A pattern with one group, or null.</param>
    public static string Of(string text, Regex? pattern = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var last = (pattern ?? Number()).Matches(text).LastOrDefault();
        return Normalize(last is null ? text : last.Groups[pattern is null ? 0 : 1].Value);
    }

    /// <summary>Makes a pattern that takes time linear in the text, or null where the expression is none or has not one group.</summary>
    internal static Regex? Pattern(string expression)
    {
        try
        {
            var pattern = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return pattern.GetGroupNumbers() is [0, 1] ? pattern : null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static string Normalize(string answer)
    {
        var trimmed = answer.Trim().Trim(" \t\r\n.,;:!?\"'“”‘’*`".ToCharArray()).ToLowerInvariant();
        if (Number().Match(trimmed) is not { Success: true } number || number.Length != trimmed.Length) return WhiteSpace().Replace(trimmed, " ");

        // Dividing by one with all its digits drops zeros behind the last other digit.
        var digits = trimmed.Replace(",", "", StringComparison.Ordinal);
        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? (value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
            : digits;
    }

    // A minus sign behind a word or a bracket is one between two numbers.
    [GeneratedRegex(@"(?:(?<![\w)\]])-)?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
