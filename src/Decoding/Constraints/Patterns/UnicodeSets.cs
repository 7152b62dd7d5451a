using System.Globalization;

namespace Decant.Decoding;

/// <summary>Sets of code points that have a name: <c>\d</c>, <c>\s</c>, <c>\w</c> as ECMAScript has them, and Unicode's general categories as .NET knows them. Scripts and blocks are not known.</summary>
internal static class UnicodeSets
{
    // In the order of UnicodeCategory.
    private static readonly string[] _shortNames = "lu ll lt lm lo mn mc me nd nl no zs zl zp cc cf cs co pc pd ps pe pi pf po sm sc sk so cn".Split(' ');

    private static readonly string[] _longNames =
    [
        "uppercaseletter", "lowercaseletter", "titlecaseletter", "modifierletter", "otherletter", "nonspacingmark", "spacingmark", "enclosingmark", "decimalnumber", "letternumber", "othernumber",
        "spaceseparator", "lineseparator", "paragraphseparator", "control", "format", "surrogate", "privateuse", "connectorpunctuation", "dashpunctuation", "openpunctuation", "closepunctuation",
        "initialpunctuation", "finalpunctuation", "otherpunctuation", "mathsymbol", "currencysymbol", "modifiersymbol", "othersymbol", "unassigned",
    ];

    private static readonly Dictionary<string, string> _aliases = new()
    {
        ["letter"] = "l", ["mark"] = "m", ["combiningmark"] = "m", ["number"] = "n", ["punctuation"] = "p", ["punct"] = "p", ["symbol"] = "s", ["separator"] = "z", ["other"] = "c", ["digit"] = "nd", ["cntrl"] = "cc",
    };

    private static readonly Lazy<List<(int First, int Last, UnicodeCategory Category)>> _runs = new(FindRuns);

    public static IReadOnlyList<(int First, int Last)> Digits { get; } = [('0', '9')];

    public static IReadOnlyList<(int First, int Last)> WordCharacters { get; } = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

    public static IReadOnlyList<(int First, int Last)> Spaces { get; } =
        [('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)];

    /// <summary>Where lines end.</summary>
    public static IReadOnlyList<(int First, int Last)> LineEnds { get; } = [('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)];

    /// <summary>All code points.</summary>
    public static IReadOnlyList<(int First, int Last)> All { get; } = [(0, 0x10FFFF)];

    /// <summary>The set that is named between the braces of <c>\p{…}</c>: a category, such as <c>Lu</c>, <c>L</c>, <c>Letter</c> or <c>gc=Nd</c>, or Any, Assigned or ASCII; null if there is none. Case, spaces, hyphens and underscores do not count.</summary>
    public static IEnumerable<(int First, int Last)>? Find(string name)
    {
        var key = string.Concat(name.Where(c => c is not ('_' or '-' or ' '))).ToLowerInvariant();
        foreach (var prefix in (ReadOnlySpan<string>)["gc=", "generalcategory="])
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal)) key = key[prefix.Length..];
        }

        key = _aliases.GetValueOrDefault(key, key);
        return key switch
        {
            "any" => All,
            "ascii" => [(0, 0x7F)],
            "assigned" => Of(category => category != UnicodeCategory.OtherNotAssigned),
            "lc" or "casedletter" => Of(category => category <= UnicodeCategory.TitlecaseLetter),
            { Length: 1 } when _shortNames.Any(known => known[0] == key[0]) => Of(category => _shortNames[(int)category][0] == key[0]),
            _ when Math.Max(Array.IndexOf(_shortNames, key), Array.IndexOf(_longNames, key)) is >= 0 and var number => Of(category => (int)category == number),
            _ => null,
        };
    }

    private static IEnumerable<(int First, int Last)> Of(Func<UnicodeCategory, bool> belongs)
        => _runs.Value.Where(run => belongs(run.Category)).Select(run => (run.First, run.Last));

    private static List<(int First, int Last, UnicodeCategory Category)> FindRuns()
    {
        var runs = new List<(int First, int Last, UnicodeCategory Category)>();
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            var category = CharUnicodeInfo.GetUnicodeCategory(value);
            if (runs.Count > 0 && runs[^1].Category == category) runs[^1] = runs[^1] with { Last = value };
            else runs.Add((value, value, category));
        }

        return runs;
    }
}
