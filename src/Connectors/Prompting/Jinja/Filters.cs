using System.Globalization;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>What may follow <c>|</c>.</summary>
internal static class Filters
{
    public static IReadOnlyList<string> Known { get; } =
    [
        "tojson", "join", "map", "select", "reject", "selectattr", "rejectattr", "default", "d", "length", "count", "trim", "strip", "upper", "lower", "title", "capitalize",
        "replace", "first", "last", "list", "string", "int", "float", "round", "abs", "sort", "unique", "reverse", "sum", "min", "max", "items", "dictsort", "indent",
        "batch", "slice", "groupby", "escape", "e", "safe", "forceescape", "format", "urlencode", "wordcount", "truncate", "attr", "split",
    ];

    public static object? Apply(string name, object? value, Arguments a, int line = 0) => name switch
    {
        "tojson" => JsonText.Write(value, a),
        "string" => Values.Text(value),
        "safe" or "forceescape" => Values.Text(value),
        "length" or "count" => Length(value, line),
        "default" or "d" => value is Undefined || (a.Flag(1, "boolean") && !Values.IsTrue(value)) ? a.Get(0, "default_value", "") : value,
        "trim" or "strip" => a.Has(0, "chars") ? Values.Text(value).Trim(a.Text(0, "chars").ToCharArray()) : Values.Text(value).Trim(),
        "upper" => Values.Text(value).ToUpperInvariant(),
        "lower" => Values.Text(value).ToLowerInvariant(),
        "title" => Methods.Title(Values.Text(value)),
        "capitalize" => Methods.Capitalise(Values.Text(value)),
        "replace" => Methods.Replace(a.Context, Values.Text(value), a.Text(0, "old"), a.Text(1, "new"), a.Integer(2, "count", -1)),
        "split" => Methods.Find(a.Context, Values.Text(value), "split")!(a),
        "join" => Join(value, a),
        "first" => Values.Iterate(value).FirstOrDefault(new Undefined("first")),
        "last" => Values.Iterate(value).LastOrDefault(new Undefined("last")),
        "list" => Values.Iterate(value).ToList(),
        "int" => ToInteger(value, a),
        "float" => ToFloat(value, a),
        "round" => Round(value, a),
        "abs" => value switch { long i => (object)Math.Abs(i), double d => Math.Abs(d), _ => throw new ChatTemplateException($"abs does not apply to {Values.TypeName(value)}.", line) },
        "sum" => SequenceFilters.Sum(value, a, line),
        "min" => Values.Iterate(value).Aggregate((object?)new Undefined("min"), (best, item) => best is Undefined || Values.Compare(item, best) < 0 ? item : best),
        "max" => Values.Iterate(value).Aggregate((object?)new Undefined("max"), (best, item) => best is Undefined || Values.Compare(item, best) > 0 ? item : best),
        "items" => value is JinjaDict dict ? Methods.Find(a.Context, dict, "items")!(a) : value is Undefined ? new List<object?>() : throw new ChatTemplateException($"items does not apply to {Values.TypeName(value)}.", line),
        "reverse" => value is string text ? string.Concat(text.EnumerateRunes().Reverse().Select(rune => rune.ToString())) : Values.Iterate(value).Reverse().ToList(),
        "indent" => Indent(Values.Text(value), a),
        "escape" or "e" => Values.Text(value).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;").Replace("'", "&#39;").Replace("\"", "&#34;"),
        "format" => PrintfFormat.Write(Values.Text(value), new JinjaTuple(a.Positional)),
        "urlencode" => Uri.EscapeDataString(Values.Text(value)).Replace("%2F", "/"),
        "wordcount" => (long)Values.Text(value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
        "truncate" => Truncate(Values.Text(value), a),
        "attr" => Members.Get(a.Context, value, a.Get(0, "name"), preferMethod: true, line),
        _ => SequenceFilters.Apply(name, value, a, line),
    };

    private static long Length(object? value, int line) => value switch
    {
        string text => text.EnumerateRunes().Count(),
        List<object?> list => list.Count,
        JinjaDict dict => dict.Count,
        JinjaNamespace ns => ns.Count,
        Undefined => 0,
        _ => throw new ChatTemplateException($"{Values.TypeName(value)} has no length.", line),
    };

    private static string Join(object? value, Arguments a)
    {
        var items = Values.Iterate(value);
        if (a.Has(1, "attribute")) items = items.Select(item => SequenceFilters.Attribute(a, item, a.Get(1, "attribute")));
        var text = string.Join(a.Text(0, "d"), items.Select(Values.Text));
        a.Context.Charge(text.Length);
        return text;
    }

    private static object? ToInteger(object? value, Arguments a)
    {
        if (Values.Number(value) is { } number && Math.Abs(number) < 9.2e18) return (long)number;
        if (value is string text)
        {
            if (long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
            if (double.TryParse(text, CultureInfo.InvariantCulture, out var fraction) && Math.Abs(fraction) < 9.2e18) return (long)fraction;
        }

        return a.Get(0, "default", 0L);
    }

    private static object? ToFloat(object? value, Arguments a) =>
        Values.Number(value) ?? (value is string text && double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : a.Get(0, "default", 0.0));

    private static double Round(object? value, Arguments a)
    {
        var number = Values.Number(value) ?? throw new ChatTemplateException($"round does not apply to {Values.TypeName(value)}.");
        var scale = Math.Pow(10, Math.Clamp(a.Integer(0, "precision"), -300, 300));
        return a.Text(1, "method", "common") switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            _ => Math.Round(number * scale, MidpointRounding.ToEven) / scale,
        };
    }

    private static string Indent(string text, Arguments a)
    {
        var prefix = a.Get(0, "width", 4L) is string given ? given : new string(' ', (int)Math.Clamp(a.Integer(0, "width", 4), 0, 1000));
        var (first, blank) = (a.Flag(1, "first"), a.Flag(2, "blank"));
        var lines = text.Split('\n');
        a.Context.Charge(text.Length + (long)lines.Length * prefix.Length);
        return string.Join('\n', lines.Select((line, i) => (i == 0 ? first : blank || line.Length > 0) ? prefix + line : line));
    }

    private static string Truncate(string text, Arguments a)
    {
        var length = (int)Math.Clamp(a.Integer(0, "length", 255), 0, int.MaxValue);
        var end = a.Text(2, "end", "...");
        if (text.Length <= length + a.Integer(3, "leeway", 5)) return text;
        var cut = text[..Math.Max(0, length - end.Length)];
        return (a.Flag(1, "killwords") || !cut.Contains(' ') ? cut : cut[..cut.LastIndexOf(' ')]) + end;
    }
}
