using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Python's printf-style formatting: %s, %r, %d, %i, %x, %f and %%, with flags, width and precision.</summary>
internal static partial class PrintfFormat
{
    private const int WidestField = 10_000;

    public static string Write(string format, object? value)
    {
        var values = value is JinjaTuple tuple ? tuple : (List<object?>)[value];
        var result = new StringBuilder();
        var (at, next) = (0, 0);
        for (var match = Place().Match(format); match.Success; match = match.NextMatch())
        {
            result.Append(format, at, match.Index - at);
            at = match.Index + match.Length;
            if (match.Groups["type"].Value == "%") result.Append('%');
            else if (next >= values.Count) throw new ChatTemplateException("a format has more places than values.");
            else result.Append(Field(match, values[next++]));
        }

        return result.Append(format, at, format.Length - at).ToString();
    }

    [GeneratedRegex(@"%(?<flags>[-0+ ]*)(?<width>\d*)(\.(?<precision>\d*))?(?<type>.?)", RegexOptions.Singleline)]
    private static partial Regex Place();

    private static string Field(Match place, object? value)
    {
        var flags = place.Groups["flags"].Value;
        var width = Size(place.Groups["width"]) ?? 0;
        var precision = Size(place.Groups["precision"]);
        var type = place.Groups["type"].Value;
        var isNumber = type is "d" or "i" or "x" or "f";
        var text = type switch
        {
            "s" => Cut(Values.Text(value), precision),
            "r" => Cut(Values.Representation(value), precision),
            "d" or "i" => Math.Truncate(Number(value)).ToString("F0", CultureInfo.InvariantCulture),
            "x" => ((long)Number(value)).ToString("x", CultureInfo.InvariantCulture),
            "f" => Number(value).ToString($"F{precision ?? 6}", CultureInfo.InvariantCulture),
            _ => throw new ChatTemplateException($"the format place '{place.Value}' is not known. Known: %s, %r, %d, %i, %x, %f, %%."),
        };
        if (isNumber && text[0] != '-' && flags.AsSpan().IndexOfAny('+', ' ') is >= 0 and var sign) text = (flags.Contains('+') ? '+' : flags[sign]) + text;
        if (flags.Contains('-')) return text.PadRight(width);
        if (!isNumber || !flags.Contains('0')) return text.PadLeft(width);
        var signLength = char.IsAsciiHexDigit(text[0]) ? 0 : 1;
        return text[..signLength] + text[signLength..].PadLeft(Math.Max(0, width - signLength), '0');
    }

    private static int? Size(Group digits)
    {
        if (!digits.Success) return null;
        if (digits.Length == 0) return 0;
        return int.TryParse(digits.Value, out var size) && size <= WidestField ? size : throw new ChatTemplateException($"a format field is wider than {WidestField}.");
    }

    private static string Cut(string text, int? length) => length is { } most && most < text.Length ? text[..most] : text;

    private static double Number(object? value) => Values.Number(value) ?? throw new ChatTemplateException($"{Values.TypeName(value)} cannot be formatted as a number.");
}
