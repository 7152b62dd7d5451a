using System.Text;

namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Python's binary operators.</summary>
internal static class Arithmetic
{
    public static object? Apply(RenderContext context, string op, object? a, object? b, int line)
    {
        if (op == "~") return Concatenate(context, Values.Text(a), Values.Text(b));
        switch (op, a, b)
        {
            // Also where Python would refuse a number beside a string: templates written for lenient engines rely on it.
            case ("+", string, string or long or double or bool) or ("+", long or double or bool, string):
                return Concatenate(context, Values.Text(a), Values.Text(b));
            case ("+", List<object?> x, List<object?> y):
                context.Charge(x.Count + y.Count);
                return x is JinjaTuple ? new JinjaTuple(x.Concat(y)) : x.Concat(y).ToList();
            case ("*", string text, long times):
                return Repeat(context, text, times);
            case ("*", long times, string text):
                return Repeat(context, text, times);
            case ("%", string format, _):
                return PrintfFormat.Write(format, b);
        }

        if (a is bool x1) a = x1 ? 1L : 0L;
        if (b is bool y1) b = y1 ? 1L : 0L;
        if (a is long i && b is long j && op != "/") return Integers(op, i, j, line);
        if (Values.Number(a) is { } p && Values.Number(b) is { } q) return Floats(op, p, q, line);
        throw new ChatTemplateException($"{op} does not apply to {Values.TypeName(a)} and {Values.TypeName(b)}.", line);
    }

    private static string Concatenate(RenderContext context, string a, string b)
    {
        context.Charge((long)a.Length + b.Length);
        return a + b;
    }

    private static string Repeat(RenderContext context, string text, long times)
    {
        if (times <= 0) return "";
        context.Charge(times > int.MaxValue ? long.MaxValue : text.Length * times);
        return new StringBuilder().Insert(0, text, (int)times).ToString();
    }

    private static object Integers(string op, long a, long b, int line)
    {
        if (op is "//" or "%" && b == 0) throw new ChatTemplateException("division by zero.", line);
        return op switch
        {
            "+" => unchecked(a + b),
            "-" => unchecked(a - b),
            "*" => unchecked(a * b),
            "//" => b == -1 ? unchecked(-a) : a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0),
            "%" => b == -1 ? 0 : a % b != 0 && (a < 0) != (b < 0) ? a % b + b : a % b,
            _ => b >= 0 && Math.Abs(Math.Pow(a, b)) < 9e15 ? (object)(long)Math.Pow(a, b) : Math.Pow(a, b),
        };
    }

    private static double Floats(string op, double a, double b, int line)
    {
        if (op is "/" or "//" or "%" && b == 0) throw new ChatTemplateException("division by zero.", line);
        return op switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => Math.Floor(a / b),
            "%" => a - b * Math.Floor(a / b),
            _ => Math.Pow(a, b),
        };
    }
}
