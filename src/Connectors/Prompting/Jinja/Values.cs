using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>A name without a value: prints as nothing, is false, has no members.</summary>
internal sealed record Undefined(string Name);

/// <summary>A tuple: a list that prints in round brackets.</summary>
internal sealed class JinjaTuple(IEnumerable<object?> items) : List<object?>(items);

/// <summary>A dictionary in insertion order.</summary>
internal class JinjaDict : OrderedDictionary<object, object?>
{
    public JinjaDict()
        : base(ValueComparer.Instance)
    {
    }
}

/// <summary>A dictionary that came in as JSON, and prints as such.</summary>
internal sealed class JsonDict : JinjaDict;

/// <summary>A list that came in as JSON, and prints as such.</summary>
internal sealed class JsonList(IEnumerable<object?> items) : List<object?>(items);

/// <summary>An object whose members templates may set.</summary>
internal sealed class JinjaNamespace : Dictionary<string, object?>;

/// <summary>A function or macro.</summary>
internal delegate object? Callable(Arguments arguments);

/// <summary>Equality of values as Python has it: 1 == 1.0 == True.</summary>
internal sealed class ValueComparer : IEqualityComparer<object>
{
    public static ValueComparer Instance { get; } = new();

    public new bool Equals(object? x, object? y) => Values.AreEqual(x, y);

    public int GetHashCode(object obj) => Values.Number(obj) is { } number ? number.GetHashCode() : obj is string text ? text.GetHashCode(StringComparison.Ordinal) : 0;
}

/// <summary>
/// The values of templates: null, bool, long, double, string, list, <see cref="JinjaTuple"/>, <see cref="JinjaDict"/>,
/// <see cref="JinjaNamespace"/>, <see cref="Callable"/> and <see cref="Undefined"/>; with Python's truth, equality, order and text. Only what came in as
/// JSON prints as JSON.
/// </summary>
internal static class Values
{
    /// <summary>Brings a caller's value into that form.</summary>
    public static object? From(object? value) => value switch
    {
        null or bool or long or double or string or JinjaDict or JinjaTuple or Callable or Undefined => value,
        int number => (long)number,
        float number => (double)number,
        JsonElement json => From(json),
        JsonNode node => From(JsonSerializer.SerializeToElement(node)),
        IReadOnlyDictionary<string, object?> dictionary => Fill(new JinjaDict(), dictionary.Select(entry => (entry.Key, entry.Value))),
        IDictionary dictionary => Fill(new JinjaDict(), dictionary.Keys.Cast<object>().Select(key => (key.ToString()!, dictionary[key]))),
        IEnumerable items => items.Cast<object?>().Select(From).ToList(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        string text => text.Length > 0,
        ICollection items => items.Count > 0,
        _ => true,
    };

    public static double? Number(object? value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        double number => number,
        _ => null,
    };

    public static bool AreEqual(object? a, object? b)
    {
        if (Number(a) is { } x && Number(b) is { } y) return x == y;
        return (a, b) switch
        {
            (null, null) => true,
            (Undefined, Undefined) => true,
            (string s, string t) => s == t,
            (List<object?> s, List<object?> t) => s is JinjaTuple == t is JinjaTuple && s.Count == t.Count && s.Zip(t).All(pair => AreEqual(pair.First, pair.Second)),
            (JinjaDict s, JinjaDict t) => s.Count == t.Count && s.All(entry => t.TryGetValue(entry.Key, out var other) && AreEqual(entry.Value, other)),
            _ => ReferenceEquals(a, b) && a is not null,
        };
    }

    public static int Compare(object? a, object? b)
    {
        if (Number(a) is { } x && Number(b) is { } y) return x.CompareTo(y);
        switch (a, b)
        {
            case (string s, string t):
                return Math.Sign(string.CompareOrdinal(s, t));
            case (null, null):
                return 0;
            case (List<object?> s, List<object?> t):
                var difference = s.Zip(t).Select(pair => Compare(pair.First, pair.Second)).FirstOrDefault(order => order != 0);
                return difference != 0 ? difference : s.Count.CompareTo(t.Count);
            default:
                throw new ChatTemplateException($"{TypeName(a)} and {TypeName(b)} cannot be ordered.");
        }
    }

    public static IEnumerable<object?> Iterate(object? value) => value switch
    {
        List<object?> list => list,
        JinjaDict dict => dict.Keys,
        string text => text.EnumerateRunes().Select(rune => (object?)rune.ToString()),
        Undefined => [],
        JinjaNamespace or Callable or null or bool or long or double => throw new ChatTemplateException($"{TypeName(value)} cannot be iterated."),
        IEnumerable<object?> items => items,
        _ => throw new ChatTemplateException($"{TypeName(value)} cannot be iterated."),
    };

    public static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part && text.Contains(part, StringComparison.Ordinal),
        JinjaDict dict => item is not null && dict.ContainsKey(item),
        List<object?> list => list.Exists(element => AreEqual(element, item)),
        _ => false,
    };

    /// <summary>What Python's str() gives.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        Undefined => "",
        _ => Representation(value),
    };

    /// <summary>What Python's repr() gives.</summary>
    public static string Representation(object? value) => value switch
    {
        null => "None",
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => FloatText(number),
        string text => Quote(text),
        Undefined => "Undefined",
        JsonDict or JsonList => JsonText.Line(value),
        JinjaTuple tuple => tuple.Count == 1 ? $"({Representation(tuple[0])},)" : $"({string.Join(", ", tuple.Select(Representation))})",
        List<object?> list => $"[{string.Join(", ", list.Select(Representation))}]",
        JinjaDict dict => $"{{{string.Join(", ", dict.Select(entry => $"{Representation(entry.Key)}: {Representation(entry.Value)}"))}}}",
        _ => $"<{TypeName(value)}>",
    };

    public static string FloatText(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        // .NET's shortest round-trip digits are Python's; only where the exponent starts differs.
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var magnitude = Math.Abs(number);
        if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16))
            return text.Contains('E') ? text.Replace("E", "e") : number.ToString("0.################e+00", CultureInfo.InvariantCulture);
        if (text.Contains('E')) text = ((decimal)number).ToString(CultureInfo.InvariantCulture);
        return text.Contains('.') ? text : text + ".0";
    }

    public static string TypeName(object? value) => value switch
    {
        null => "None",
        Undefined undefined => $"the undefined value '{undefined.Name}'",
        bool => "a boolean",
        long => "an integer",
        double => "a float",
        string => "a string",
        JinjaDict => "a dict",
        List<object?> => "a list",
        JinjaNamespace => "a namespace",
        Callable => "a function",
        _ => value.GetType().Name,
    };

    private static JinjaDict Fill(JinjaDict dict, IEnumerable<(string Key, object? Value)> entries)
    {
        foreach (var (key, value) in entries) dict[key] = From(value);
        return dict;
    }

    private static object? From(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => Fill(new JsonDict(), json.EnumerateObject().Select(member => (member.Name, (object?)member.Value))),
        JsonValueKind.Array => new JsonList(json.EnumerateArray().Select(item => From(item))),
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.TryGetInt64(out var number) ? (object)number : json.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    private static string Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var result = new StringBuilder().Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            result.Append(rune.Value switch
            {
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when rune.Value == quote => $"\\{quote}",
                _ when IsPrintable(rune) => rune.ToString(),
                < 0x100 => $"\\x{rune.Value:x2}",
                < 0x10000 => $"\\u{rune.Value:x4}",
                _ => $"\\U{rune.Value:x8}",
            });
        }

        return result.Append(quote).ToString();
    }

    // Python's isprintable: a joiner inside an emoji, a no-break space or a line separator is written as an escape.
    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
