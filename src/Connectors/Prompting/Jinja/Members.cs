namespace Decant.Connectors.Prompting.Jinja;

/// <summary>Attributes, items and slices.</summary>
internal static class Members
{
    /// <summary>
    /// <c>value.key</c> and <c>value[key]</c>: a dot looks for a method first, a bracket for an item. What is missing is undefined; a member of
    /// something undefined is an error, as in Jinja.
    /// </summary>
    public static object? Get(RenderContext context, object? value, object? key, bool preferMethod, int line)
    {
        if (value is Undefined undefined) throw new ChatTemplateException($"'{undefined.Name}' is undefined and has no member '{Values.Text(key)}'.", line);
        if (preferMethod && key is string name && value is not JinjaDict { } && Methods.Find(context, value, name) is { } method) return method;
        switch (value, key)
        {
            case (JinjaDict dict, not null):
                if (dict.TryGetValue(key, out var item)) return item;
                return key is string text && Methods.Find(context, dict, text) is { } function ? function : Missing(key);
            case (JinjaNamespace ns, string member):
                return ns.TryGetValue(member, out var stored) ? stored : Missing(key);
            case (List<object?> list, long index):
                return At(list.Count, index) is { } i ? list[i] : Missing(key);
            case (List<object?> list, string digits) when long.TryParse(digits, out var index):
                return At(list.Count, index) is { } k ? list[k] : Missing(key);
            case (string s, long index):
                var runes = s.EnumerateRunes().ToList();
                return At(runes.Count, index) is { } j ? runes[j].ToString() : Missing(key);
            case (_, string methodName) when Methods.Find(context, value, methodName) is { } found:
                return found;
            default:
                return Missing(key);
        }
    }

    public static object? Slice(object? value, object? start, object? stop, object? step, int line)
    {
        var stride = step is null ? 1 : Bound(step, line);
        if (stride == 0) throw new ChatTemplateException("a slice's step cannot be 0.", line);
        switch (value)
        {
            case string text:
                var runes = text.EnumerateRunes().Select(rune => rune.ToString()).ToList();
                return string.Concat(Indices(runes.Count, start, stop, stride, line).Select(i => runes[i]));
            case List<object?> list:
                var items = Indices(list.Count, start, stop, stride, line).Select(i => list[i]);
                return list is JinjaTuple ? new JinjaTuple(items) : items.ToList();
            case Undefined undefined:
                throw new ChatTemplateException($"'{undefined.Name}' is undefined and cannot be sliced.", line);
            default:
                throw new ChatTemplateException($"{Values.TypeName(value)} cannot be sliced.", line);
        }
    }

    private static Undefined Missing(object? key) => new(Values.Text(key));

    private static int? At(int count, long index)
    {
        if (index < 0) index += count;
        return index >= 0 && index < count ? (int)index : null;
    }

    private static IEnumerable<int> Indices(int count, object? start, object? stop, long step, int line)
    {
        var first = step > 0 ? Clamp(start, 0, 0, count) : Clamp(start, count - 1, -1, count - 1);
        var last = step > 0 ? Clamp(stop, count, 0, count) : Clamp(stop, -1, -1, count - 1);
        for (var i = first; step > 0 ? i < last : i > last; i += step) yield return (int)i;

        long Clamp(object? bound, long otherwise, long low, long high)
        {
            if (bound is null) return otherwise;
            var index = Bound(bound, line);
            if (index < 0) index += count;
            return Math.Clamp(index, low, high);
        }
    }

    private static long Bound(object? value, int line) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new ChatTemplateException($"a slice takes integers, not {Values.TypeName(value)}.", line),
    };
}
