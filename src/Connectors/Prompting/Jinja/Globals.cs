using System.Globalization;
using System.Text;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Functions that every template can call.</summary>
internal static class Globals
{
    private const int LargestRange = 1_000_000;

    public static void Define(Scope scope, TimeProvider time)
    {
        scope.Set("range", (Callable)Range);
        scope.Set("dict", (Callable)(a =>
        {
            var dict = new JinjaDict();
            if (a.Positional is [JinjaDict source]) foreach (var (key, value) in source) dict[key] = value;
            foreach (var (key, value) in a.Named) dict[key] = value;
            return dict;
        }));
        scope.Set("namespace", (Callable)(a =>
        {
            var ns = new JinjaNamespace();
            if (a.Positional is [JinjaDict source]) foreach (var (key, value) in source) ns[Values.Text(key)] = value;
            foreach (var (key, value) in a.Named) ns[key] = value;
            return ns;
        }));
        scope.Set("cycler", (Callable)(a =>
        {
            var at = -1;
            return new JinjaDict { ["next"] = (Callable)(_ => a.Positional[at = (at + 1) % a.Positional.Count]) };
        }));
        scope.Set("joiner", (Callable)(a =>
        {
            var used = false;
            return (Callable)(_ =>
            {
                var text = used ? a.Text(0, "sep", ", ") : "";
                used = true;
                return text;
            });
        }));
        scope.Set("raise_exception", (Callable)(a => throw new ChatTemplateException(a.Text(0, "message"))));
        scope.Set("strftime_now", (Callable)(a => Strftime(time.GetLocalNow(), a.Text(0, "format"))));
    }

    /// <summary>A time in C's strftime format.</summary>
    public static string Strftime(DateTimeOffset now, string format)
    {
        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                result.Append(format[i]);
                continue;
            }

            var bare = format[i + 1] == '-' && i + 2 < format.Length;
            if (bare) i++;
            var part = Part(now, format[++i]);
            result.Append(bare && part.Length > 1 ? part.TrimStart('0') is { Length: > 0 } rest ? rest : "0" : part);
        }

        return result.ToString();
    }

    private static string Part(DateTimeOffset now, char code)
    {
        var culture = CultureInfo.InvariantCulture;
        return code switch
        {
            'Y' => now.ToString("yyyy", culture),
            'y' => now.ToString("yy", culture),
            'm' => now.ToString("MM", culture),
            'd' => now.ToString("dd", culture),
            'e' => now.Day.ToString(culture).PadLeft(2),
            'B' => now.ToString("MMMM", culture),
            'b' or 'h' => now.ToString("MMM", culture),
            'A' => now.ToString("dddd", culture),
            'a' => now.ToString("ddd", culture),
            'H' => now.ToString("HH", culture),
            'I' => now.ToString("hh", culture),
            'M' => now.ToString("mm", culture),
            'S' => now.ToString("ss", culture),
            'p' => now.ToString("tt", culture),
            'f' => now.ToString("ffffff", culture),
            'j' => now.DayOfYear.ToString("000", culture),
            'F' => now.ToString("yyyy-MM-dd", culture),
            'T' => now.ToString("HH:mm:ss", culture),
            'D' => now.ToString("MM/dd/yy", culture),
            'z' => now.ToString("zzz", culture).Replace(":", ""),
            'Z' => "",
            '%' => "%",
            _ => throw new ChatTemplateException($"strftime_now: %{code} is not known."),
        };
    }

    private static List<object?> Range(Arguments a)
    {
        var (start, stop) = a.Positional.Count > 1 ? (a.Integer(0, "start"), a.Integer(1, "stop")) : (0, a.Integer(0, "stop"));
        var step = a.Integer(2, "step", 1);
        if (step == 0) throw new ChatTemplateException("range: the step cannot be 0.");
        var items = new List<object?>();
        for (var i = start; step > 0 ? i < stop : i > stop; i += step)
        {
            if (items.Count == LargestRange) throw new ChatTemplateException($"range: more than {LargestRange} numbers.");
            items.Add(i);
        }

        return items;
    }
}
