using System.Text.Json;

namespace Decant.Decoding;

/// <summary>Keywords that say what arrays have.</summary>
internal sealed class ArrayKeywords(JsonAlgebra algebra, FormulaPool formulas)
{
    /// <summary>Everything that they say of a schema's values, keyword by keyword.</summary>
    public IEnumerable<(string Keyword, Func<SchemaPlace, JsonValues> Read)> All =>
    [
        ("prefixItems", at => at.Keyword("items") is null ? Items(at) : algebra.Anything),
        ("items", Items),
        ("minItems", at => Arrays(Any with { Min = at.Count("minItems")!.Value })),
        ("maxItems", at => Arrays(Any with { Max = at.Count("maxItems") })),
        ("contains", Contains),
        ("uniqueItems", Unique),
    ];

    private ArrayShape Any => algebra.Anything.Arrays[0];

    /// <summary>How many of the first items a schema's own keywords look at; <see cref="int.MaxValue"/> for all of them.</summary>
    public static int Evaluated(SchemaPlace at) => at.Keyword("items") is not null ? int.MaxValue : at.Items("prefixItems").Count;

    /// <summary>Values whose items, if they are arrays and from an item on, are as a formula says.</summary>
    public JsonValues From(int first, Formula item) => Arrays(new ArrayShape([.. Enumerable.Repeat(formulas.Anything, first)], item));

    private JsonValues Items(SchemaPlace at)
    {
        var items = at.Keyword("items");
        var isList = items?.Element.ValueKind == JsonValueKind.Array;
        if (isList && !at.Node.Resource.IsDraft7) throw at.Invalid("items", "a schema; a list of schemas is prefixItems, or draft 7, which $schema has to name");
        var first = at.Node.Resource.IsDraft7 ? (isList ? [.. items!.Children.Values] : []) : at.Items("prefixItems");
        var rest = isList ? at.Keyword("additionalItems") : items;
        return Arrays(new ArrayShape([.. first.Select(item => formulas.Schema(item, at.Scope))], rest is null ? formulas.Anything : formulas.Schema(rest, at.Scope)));
    }

    private JsonValues Contains(SchemaPlace at)
    {
        var (min, max) = at.Node.Resource.IsDraft7 ? (1, null) : (at.Count("minContains") ?? 1, at.Count("maxContains"));
        return Arrays(Any with { Counts = [new ItemCount(formulas.Schema(at.Keyword("contains")!, at.Scope), 0, min, max)] });
    }

    private JsonValues Unique(SchemaPlace at) => at.Keyword("uniqueItems")!.Element.ValueKind switch
    {
        JsonValueKind.True => Arrays(Any with { Unique = at.Node }),
        JsonValueKind.False => algebra.Anything,
        _ => throw at.Invalid("uniqueItems", "true or false"),
    };

    private JsonValues Arrays(ArrayShape shape) => algebra.Anything with { Arrays = [shape] };
}
