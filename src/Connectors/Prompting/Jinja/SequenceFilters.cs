namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Filters over sequences.</summary>
internal static class SequenceFilters
{
    public static object? Apply(string name, object? value, Arguments a, int line) => name switch
    {
        "map" => Map(value, a),
        "select" => Where(value, a, byAttribute: false, keep: true),
        "reject" => Where(value, a, byAttribute: false, keep: false),
        "selectattr" => Where(value, a, byAttribute: true, keep: true),
        "rejectattr" => Where(value, a, byAttribute: true, keep: false),
        "sort" => Sort(value, a),
        "unique" => Unique(value, a),
        "dictsort" => DictSort(value, a, line),
        "batch" => Batch(value, a),
        "slice" => Slice(value, a),
        "groupby" => GroupBy(value, a),
        _ => throw new ChatTemplateException($"the filter '{name}' is not known. Known: {string.Join(", ", Filters.Known)}.", line),
    };

    /// <summary>A member by name or dotted path; digits index lists.</summary>
    public static object? Attribute(Arguments a, object? item, object? path)
    {
        foreach (var part in Values.Text(path).Split('.'))
        {
            if (item is Undefined) return item;
            item = Members.Get(a.Context, item, long.TryParse(part, out var index) ? index : part, preferMethod: false, 0);
        }

        return item;
    }

    public static object? Sum(object? value, Arguments a, int line)
    {
        var sum = a.Get(1, "start", 0L);
        foreach (var item in Values.Iterate(value))
            sum = Arithmetic.Apply(a.Context, "+", sum, a.Has(0, "attribute") ? Attribute(a, item, a.Get(0, "attribute")) : item, line);
        return sum;
    }

    private static List<object?> Map(object? value, Arguments a)
    {
        var items = Values.Iterate(value);
        if (a.Named.TryGetValue("attribute", out var attribute))
        {
            var otherwise = a.Named.GetValueOrDefault("default");
            return [.. items.Select(item => Attribute(a, item, attribute) is var found && found is Undefined ? otherwise ?? found : found)];
        }

        var rest = Rest(a, 1);
        return [.. items.Select(item => Filters.Apply(a.Text(0, "filter"), item, rest))];
    }

    private static List<object?> Where(object? value, Arguments a, bool byAttribute, bool keep)
    {
        var at = byAttribute ? 1 : 0;
        var rest = Rest(a, at + 1);
        return [.. Values.Iterate(value).Where(item =>
        {
            var subject = byAttribute ? Attribute(a, item, a.Get(0, "attribute")) : item;
            return (a.Positional.Count > at ? Tests.Apply(Values.Text(a.Positional[at]), subject, rest) : Values.IsTrue(subject)) == keep;
        })];
    }

    private static List<object?> Sort(object? value, Arguments a)
    {
        var (reverse, caseSensitive) = (a.Flag(0, "reverse"), a.Flag(1, "case_sensitive"));
        var items = Values.Iterate(value).ToList();
        var order = Comparer<object?>.Create(Values.Compare);
        var attributes = a.Has(2, "attribute") ? a.Text(2, "attribute").Split(',') : [];
        object? Key(object? item) => attributes.Length == 0
            ? Fold(item, caseSensitive)
            : attributes.Select(attribute => Fold(Attribute(a, item, attribute), caseSensitive)).ToList();
        return [.. reverse ? items.OrderByDescending(Key, order) : items.OrderBy(Key, order)];
    }

    private static List<object?> Unique(object? value, Arguments a)
    {
        var seen = new HashSet<object>(ValueComparer.Instance);
        var none = new object();
        return [.. Values.Iterate(value).Where(item =>
            seen.Add(Fold(a.Has(1, "attribute") ? Attribute(a, item, a.Get(1, "attribute")) : item, a.Flag(0, "case_sensitive")) ?? none))];
    }

    private static List<object?> DictSort(object? value, Arguments a, int line)
    {
        if (value is not JinjaDict dict) throw new ChatTemplateException($"dictsort does not apply to {Values.TypeName(value)}.", line);
        var byValue = a.Text(1, "by", "key") == "value";
        var sensitive = a.Flag(0, "case_sensitive");
        var order = Comparer<object?>.Create(Values.Compare);
        object? Key(KeyValuePair<object, object?> entry) => Fold(byValue ? entry.Value : entry.Key, sensitive);
        var sorted = a.Flag(2, "reverse") ? dict.OrderByDescending(Key, order) : dict.OrderBy(Key, order);
        return [.. sorted.Select(entry => new JinjaTuple([entry.Key, entry.Value]))];
    }

    private static List<object?> Batch(object? value, Arguments a)
    {
        var size = (int)Math.Clamp(a.Integer(0, "linecount", 1), 1, int.MaxValue);
        return [.. Values.Iterate(value).Chunk(size).Select(part =>
        {
            var row = part.ToList();
            while (a.Has(1, "fill_with") && row.Count < Math.Min(size, 10_000)) row.Add(a.Get(1, "fill_with"));
            return (object?)row;
        })];
    }

    private static List<object?> Slice(object? value, Arguments a)
    {
        var items = Values.Iterate(value).ToList();
        var slices = (int)Math.Clamp(a.Integer(0, "slices", 1), 1, 10_000);
        var (each, more) = Math.DivRem(items.Count, slices);
        var result = new List<object?>();
        var at = 0;
        for (var i = 0; i < slices; i++)
        {
            var count = each + (i < more ? 1 : 0);
            var row = items.GetRange(at, count);
            if (a.Has(1, "fill_with") && more > 0 && i >= more) row.Add(a.Get(1, "fill_with"));
            result.Add(row);
            at += count;
        }

        return result;
    }

    private static List<object?> GroupBy(object? value, Arguments a)
    {
        var groups = Values.Iterate(value).GroupBy(item => Attribute(a, item, a.Get(0, "attribute")) ?? new Undefined(""), ValueComparer.Instance);
        return [.. groups.OrderBy(group => (object?)group.Key, Comparer<object?>.Create(Values.Compare)).Select(group => new JinjaTuple([group.Key, group.ToList()]))];
    }

    private static object? Fold(object? value, bool caseSensitive) => value is string text && !caseSensitive ? text.ToLowerInvariant() : value;

    private static Arguments Rest(Arguments a, int from)
    {
        var rest = new Arguments(a.Context);
        rest.Positional.AddRange(a.Positional.Skip(from));
        foreach (var (name, value) in a.Named) rest.Named[name] = value;
        return rest;
    }
}
