using System.Globalization;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Methods of Python's strings, lists and dicts.</summary>
internal static class Methods
{
    public static Callable? Find(RenderContext context, object? target, string name) => target switch
    {
        string text => OfString(context, text, name),
        List<object?> list => OfList(list, name),
        JinjaDict dict => OfDict(dict, name),
        _ => null,
    };

    /// <summary>The first letter of every word in capitals, the others small.</summary>
    public static string Title(string text)
    {
        var result = text.ToCharArray();
        for (var i = 0; i < result.Length; i++)
            result[i] = i > 0 && char.IsLetter(result[i - 1]) ? char.ToLowerInvariant(result[i]) : char.ToUpperInvariant(result[i]);
        return new string(result);
    }

    public static string Capitalise(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    public static string Replace(RenderContext context, string text, string old, string replacement, long count)
    {
        if (count == 0) return text;
        if (count < 0 && old.Length > 0)
        {
            context.Charge(text.Length + (long)(text.Length / old.Length) * replacement.Length);
            return text.Replace(old, replacement, StringComparison.Ordinal);
        }

        // An empty pattern stands before every character and at the end.
        var parts = new List<string>();
        var at = 0;
        while (count-- != 0)
        {
            var found = old.Length == 0 ? at <= text.Length ? at : -1 : text.IndexOf(old, at, StringComparison.Ordinal);
            if (found < 0) break;
            parts.Add(old.Length == 0 ? "" : text[at..found]);
            parts.Add(replacement);
            if (old.Length == 0 && found < text.Length) parts.Add(text[found..(found + 1)]);
            at = found + Math.Max(1, old.Length);
        }

        if (at < text.Length) parts.Add(text[at..]);
        context.Charge(parts.Sum(part => (long)part.Length));
        return string.Concat(parts);
    }

    private static Callable? OfString(RenderContext context, string text, string name) => name switch
    {
        "strip" => a => a.Has(0, "chars") && a.Get(0, "chars") is string set ? text.Trim(set.ToCharArray()) : text.Trim(),
        "lstrip" => a => a.Has(0, "chars") && a.Get(0, "chars") is string set ? text.TrimStart(set.ToCharArray()) : text.TrimStart(),
        "rstrip" => a => a.Has(0, "chars") && a.Get(0, "chars") is string set ? text.TrimEnd(set.ToCharArray()) : text.TrimEnd(),
        "upper" => _ => text.ToUpperInvariant(),
        "lower" or "casefold" => _ => text.ToLowerInvariant(),
        "title" => _ => Title(text),
        "capitalize" => _ => Capitalise(text),
        "startswith" => a => Affixes(a).Any(part => text.StartsWith(part, StringComparison.Ordinal)),
        "endswith" => a => Affixes(a).Any(part => text.EndsWith(part, StringComparison.Ordinal)),
        "removeprefix" => a => a.Text(0, "prefix") is { Length: > 0 } part && text.StartsWith(part, StringComparison.Ordinal) ? text[part.Length..] : text,
        "removesuffix" => a => a.Text(0, "suffix") is { Length: > 0 } part && text.EndsWith(part, StringComparison.Ordinal) ? text[..^part.Length] : text,
        "replace" => a => Replace(context, text, a.Text(0, "old"), a.Text(1, "new"), a.Integer(2, "count", -1)),
        "split" => a => Split(text, a.Get(0, "sep") as string, a.Integer(1, "maxsplit", -1)),
        "rsplit" => a => SplitFromRight(text, a.Get(0, "sep") as string, a.Integer(1, "maxsplit", -1)),
        "splitlines" => _ => text.Length == 0 ? new List<object?>() : (text.EndsWith('\n') ? text[..^1] : text).Split('\n').Select(line => (object?)line.TrimEnd('\r')).ToList(),
        "find" => a => (long)text.IndexOf(a.Text(0, "sub"), StringComparison.Ordinal),
        "rfind" => a => (long)text.LastIndexOf(a.Text(0, "sub"), StringComparison.Ordinal),
        "index" => a => text.IndexOf(a.Text(0, "sub"), StringComparison.Ordinal) is >= 0 and var at ? (long)at : throw new ChatTemplateException("the substring is not found."),
        "count" => a => a.Text(0, "sub") is { Length: > 0 } part ? (long)(text.Split(part).Length - 1) : text.Length + 1L,
        "join" => a => string.Join(text, Values.Iterate(a.Get(0, "iterable")).Select(Values.Text)),
        "format" => a => FormatBraces(text, a),
        "isdigit" or "isnumeric" or "isdecimal" => _ => text.Length > 0 && text.All(char.IsDigit),
        "isalpha" => _ => text.Length > 0 && text.All(char.IsLetter),
        "isalnum" => _ => text.Length > 0 && text.All(char.IsLetterOrDigit),
        "isspace" => _ => text.Length > 0 && text.All(char.IsWhiteSpace),
        "isupper" => _ => text.Any(char.IsLetter) && !text.Any(char.IsLower),
        "islower" => _ => text.Any(char.IsLetter) && !text.Any(char.IsUpper),
        "zfill" => a => text.PadLeft((int)Math.Min(a.Integer(0, "width"), 10000), '0'),
        "encode" => _ => text,
        _ => null,
    };

    private static Callable? OfList(List<object?> list, string name) => name switch
    {
        "append" => a => Change(() => list.Add(a.Get(0, "object"))),
        "extend" => a => Change(() => list.AddRange(Values.Iterate(a.Get(0, "iterable")).ToList())),
        "insert" => a => Change(() => list.Insert((int)Math.Clamp(a.Integer(0, "index"), 0, list.Count), a.Get(1, "object"))),
        "pop" => a =>
        {
            var at = a.Integer(0, "index", -1);
            if (at < 0) at += list.Count;
            if (at < 0 || at >= list.Count) throw new ChatTemplateException("pop from an empty list or beyond its end.");
            var item = list[(int)at];
            list.RemoveAt((int)at);
            return item;
        },
        "reverse" => _ => Change(list.Reverse),
        "clear" => _ => Change(list.Clear),
        "copy" => _ => list.ToList(),
        "count" => a => (long)list.Count(item => Values.AreEqual(item, a.Get(0, "value"))),
        "index" => a => list.FindIndex(item => Values.AreEqual(item, a.Get(0, "value"))) is >= 0 and var at ? (long)at : throw new ChatTemplateException("the value is not in the list."),
        _ => null,
    };

    private static Callable? OfDict(JinjaDict dict, string name) => name switch
    {
        "get" => a => a.Get(0, "key") is { } key && dict.TryGetValue(key, out var value) ? value : a.Get(1, "default"),
        "items" => _ => dict.Select(entry => (object?)new JinjaTuple([entry.Key, entry.Value])).ToList(),
        "keys" => _ => dict.Keys.Cast<object?>().ToList(),
        "values" => _ => dict.Values.ToList(),
        "update" => a => Change(() =>
        {
            foreach (var key in Values.Iterate(a.Get(0, "other", new JinjaDict()))) dict[key!] = ((JinjaDict)a.Positional[0]!)[key!];
            foreach (var (key, value) in a.Named) dict[key] = value;
        }),
        "pop" => a =>
        {
            if (a.Get(0, "key") is not { } key || !dict.TryGetValue(key, out var value)) return a.Get(1, "default");
            dict.Remove(key);
            return value;
        },
        "setdefault" => a =>
        {
            var key = a.Get(0, "key") ?? "";
            if (!dict.ContainsKey(key)) dict[key] = a.Get(1, "default");
            return dict[key];
        },
        "copy" => _ =>
        {
            var copy = new JinjaDict();
            foreach (var (key, value) in dict) copy[key] = value;
            return copy;
        },
        _ => null,
    };

    private static IEnumerable<string> Affixes(Arguments a) => a.Get(0, "prefix") is List<object?> several ? several.Select(Values.Text) : [a.Text(0, "prefix")];

    private static object? Change(Action change)
    {
        change();
        return null;
    }

    private static List<object?> Split(string text, string? separator, long limit)
    {
        if (separator is { Length: 0 }) throw new ChatTemplateException("an empty separator cannot split.");
        if (separator is not null) return [.. text.Split(separator, limit < 0 ? int.MaxValue : (int)Math.Min(limit + 1, int.MaxValue))];
        var parts = new List<object?>();
        text = text.TrimStart();
        while (text.Length > 0)
        {
            var end = Array.FindIndex(text.ToCharArray(), char.IsWhiteSpace);
            if (end < 0 || limit == 0)
            {
                parts.Add(text);
                break;
            }

            parts.Add(text[..end]);
            text = text[end..].TrimStart();
            limit--;
        }

        return parts;
    }

    private static List<object?> SplitFromRight(string text, string? separator, long limit)
    {
        var all = Split(text, separator, -1);
        if (limit < 0 || all.Count <= limit + 1) return all;
        var kept = all.Count - (int)limit;
        return [string.Join(separator ?? " ", all.Take(kept).Select(Values.Text)), .. all.Skip(kept)];
    }

    private static string FormatBraces(string format, Arguments a)
    {
        var result = new System.Text.StringBuilder();
        var next = 0;
        for (var i = 0; i < format.Length; i++)
        {
            var close = format[i] == '{' ? format.IndexOf('}', i) : -1;
            if (i + 1 < format.Length && format[i] is '{' or '}' && format[i + 1] == format[i])
            {
                result.Append(format[i++]);
            }
            else if (close > i)
            {
                var field = format[(i + 1)..close].Split(':')[0];
                var value = field.Length == 0 ? a.Get(next++, "")
                    : int.TryParse(field, CultureInfo.InvariantCulture, out var at) ? a.Get(at, "") : a.Named.GetValueOrDefault(field);
                result.Append(Values.Text(value));
                i = close;
            }
            else
            {
                result.Append(format[i]);
            }
        }

        return result.ToString();
    }
}
