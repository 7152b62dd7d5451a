namespace Decant.Connectors.Prompting.Jinja;

/// <summary>What may follow <c>is</c>.</summary>
internal static class Tests
{
    public static IReadOnlyList<string> Known { get; } =
    [
        "defined", "undefined", "none", "string", "number", "integer", "float", "boolean", "true", "false", "mapping", "sequence", "iterable", "callable",
        "in", "equalto", "eq", "==", "ne", "lt", "le", "gt", "ge", "lessthan", "greaterthan", "odd", "even", "divisibleby", "upper", "lower", "sameas", "escaped", "filter", "test",
    ];

    public static bool Apply(string name, object? value, Arguments a, int line = 0) => name switch
    {
        "defined" => value is not Undefined,
        "undefined" => value is Undefined,
        "none" => value is null,
        "string" => value is string,
        "number" => value is long or double or bool,
        "integer" => value is long,
        "float" => value is double,
        "boolean" => value is bool,
        "true" => value is true,
        "false" => value is false,
        "mapping" => value is JinjaDict,
        "sequence" => value is string or List<object?> or JinjaDict,
        "iterable" => value is string or List<object?> or JinjaDict or Undefined,
        "callable" => value is Callable,
        "in" => Values.Contains(a.Get(0, "seq"), value),
        "equalto" or "eq" or "==" => Values.AreEqual(value, a.Get(0, "other")),
        "ne" or "!=" => !Values.AreEqual(value, a.Get(0, "other")),
        "lt" or "lessthan" or "<" => Values.Compare(value, a.Get(0, "other")) < 0,
        "le" or "<=" => Values.Compare(value, a.Get(0, "other")) <= 0,
        "gt" or "greaterthan" or ">" => Values.Compare(value, a.Get(0, "other")) > 0,
        "ge" or ">=" => Values.Compare(value, a.Get(0, "other")) >= 0,
        "odd" => Whole(value, line) % 2 != 0,
        "even" => Whole(value, line) % 2 == 0,
        "divisibleby" => a.Integer(0, "num") is not 0 and var divisor && Whole(value, line) % divisor == 0,
        "upper" => value is string text && text.Any(char.IsLetter) && !text.Any(char.IsLower),
        "lower" => value is string text && text.Any(char.IsLetter) && !text.Any(char.IsUpper),
        "sameas" => ReferenceEquals(value, a.Get(0, "other")) || (value is bool or null && Equals(value, a.Get(0, "other"))),
        "escaped" => false,
        "filter" => value is string text && Filters.Known.Contains(text),
        "test" => value is string text && Known.Contains(text),
        _ => throw new ChatTemplateException($"the test '{name}' is not known. Known: {string.Join(", ", Known)}.", line),
    };

    private static long Whole(object? value, int line) =>
        value is long number ? number : value is bool flag ? (flag ? 1 : 0) : throw new ChatTemplateException($"{Values.TypeName(value)} is neither odd nor even.", line);
}
