using System.Globalization;
using System.Text;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>JSON as Python's json.dumps writes it.</summary>
/// <param name="Indent">Spaces per level, or null for one line.</param>
/// <param name="ItemSeparator">Between items.</param>
/// <param name="KeySeparator">Between key and value.</param>
/// <param name="EnsureAscii">Whether characters beyond ASCII are escaped.</param>
/// <param name="SortKeys">Whether keys are sorted.</param>
internal sealed record JsonText(string? Indent, string ItemSeparator, string KeySeparator, bool EnsureAscii, bool SortKeys)
{
    private const int MaxDepth = 200;

    public static string Write(object? value, Arguments a)
    {
        var indent = a.Get(1, "indent") switch
        {
            long spaces => new string(' ', (int)Math.Clamp(spaces, 0, 64)),
            string text => text,
            _ => null,
        };
        var item = indent is null ? ", " : ",";
        var key = ": ";
        if (a.Get(2, "separators") is List<object?> { Count: 2 } separators) (item, key) = (Values.Text(separators[0]), Values.Text(separators[1]));
        var json = new JsonText(indent, item, key, a.Flag(0, "ensure_ascii"), a.Flag(3, "sort_keys"));
        var result = new StringBuilder();
        json.Write(result, value, 0);
        a.Context.Charge(result.Length);
        return result.ToString();
    }

    /// <summary>A value on one line, as json.dumps writes it when asked for nothing.</summary>
    public static string Line(object? value)
    {
        var result = new StringBuilder();
        new JsonText(null, ", ", ": ", false, false).Write(result, value, 0);
        return result.ToString();
    }

    private void Write(StringBuilder text, object? value, int depth)
    {
        if (depth > MaxDepth) throw new ChatTemplateException($"tojson: values are nested deeper than {MaxDepth}.");
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case long number:
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case double number:
                text.Append(double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : Values.FloatText(number));
                break;
            case string s:
                WriteString(text, s);
                break;
            case JinjaDict dict:
                var entries = SortKeys ? dict.OrderBy(entry => Values.Text(entry.Key), StringComparer.Ordinal) : dict.AsEnumerable();
                WriteAll(text, "{", "}", entries.ToList(), depth, entry =>
                {
                    WriteString(text, entry.Key is string key ? key : Values.Text(entry.Key));
                    text.Append(KeySeparator);
                    Write(text, entry.Value, depth + 1);
                });
                break;
            case List<object?> list:
                WriteAll(text, "[", "]", list, depth, item => Write(text, item, depth + 1));
                break;
            default:
                throw new ChatTemplateException($"tojson: {Values.TypeName(value)} has no JSON form.");
        }
    }

    private void WriteAll<T>(StringBuilder text, string open, string close, List<T> items, int depth, Action<T> write)
    {
        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) text.Append(ItemSeparator);
            NewLine(text, depth + 1);
            write(items[i]);
        }

        if (items.Count > 0) NewLine(text, depth);
        text.Append(close);
    }

    private void NewLine(StringBuilder text, int depth)
    {
        if (Indent is null) return;
        text.Append('\n');
        for (var i = 0; i < depth; i++) text.Append(Indent);
    }

    private void WriteString(StringBuilder text, string s)
    {
        text.Append('"');
        foreach (var c in s)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                _ when c < ' ' || (EnsureAscii && c > 126) => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        text.Append('"');
    }
}
