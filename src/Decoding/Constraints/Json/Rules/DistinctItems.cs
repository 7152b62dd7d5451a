namespace Decant.Decoding;

/// <summary>Arrays whose items all differ, where they come from so few values that the grammar can tell which of them are used.</summary>
internal sealed class DistinctItems(GrammarBuilder builder, SchemaReader reader, JsonSyntax syntax, JsonText text)
{
    /// <summary>The most values. Each doubles the states.</summary>
    public const int MaxValues = 10;

    // No value that a schema lists is longer.
    private const int MaxLength = 1_000;

    /// <summary>The items, without brackets, or null where there are too many values, arrays or objects.</summary>
    public GrammarExpression? Find(ArrayShape shape)
    {
        if (shape.Counts.Count > 0) return null;
        var items = new List<IReadOnlyList<ByteRegex>>();
        foreach (var item in shape.Max <= shape.First.Count ? shape.First : [.. shape.First, shape.Rest])
        {
            if (Values(item) is not { } values) return null;
            items.Add(values);
        }

        List<ByteRegex> all = [.. items.SelectMany(values => values).Distinct()];
        if (all.Count > MaxValues) return null;
        return StateRules<(int Items, int Used)>.From(
            builder,
            default,
            state => state.Items >= shape.Min,
            state => state.Items == shape.Max ? [] : items[Math.Min(state.Items, shape.First.Count)].Select(value => (Value: value, Bit: 1 << all.IndexOf(value)))
                .Where(item => (state.Used & item.Bit) == 0)
                .Select(item => (builder.Terminal(state.Items == 0 ? item.Value : builder.Pool.Concat(syntax.Comma, item.Value)), (state.Items + 1, state.Used | item.Bit))));
    }

    // As JSON, each in one spelling.
    private List<ByteRegex>? Values(Formula formula)
    {
        var (pool, values) = (builder.Pool, reader.ExpandInner(formula));
        if (values.Arrays.Count + values.Objects.Count > 0) return null;
        if (Words(pool.And(values.Numbers, reader.Numbers.Shortest)) is not { } numbers || Words(values.Strings) is not { } strings) return null;
        var all = new List<ByteRegex>();
        if (values.Null) all.Add(pool.Literal("null"));
        if (values.True) all.Add(pool.Literal("true"));
        if (values.False) all.Add(pool.Literal("false"));
        return [.. all, .. numbers.Select(word => pool.Literal(word)), .. strings.Select(word => text.Quoted(pool.Literal(word)))];
    }

    // From length to length: no more beginnings go on than there are words.
    private List<byte[]>? Words(ByteRegex language)
    {
        var words = new List<byte[]>();
        List<(ByteRegex Left, byte[] Word)> begun = builder.Derivatives.IsEmpty(language) ? [] : [(language, [])];
        while (begun.Count > 0)
        {
            words.AddRange(begun.Where(part => part.Left.IsNullable).Select(part => part.Word));
            begun = [.. begun.SelectMany(part => Enumerable.Range(0, 256).Select(value => (Left: builder.Derivatives.Derive(part.Left, (byte)value), Word: (byte[])[.. part.Word, (byte)value])))
                .Where(part => !builder.Derivatives.IsEmpty(part.Left)).Take(MaxValues + 1)];
            if (words.Count + begun.Count > MaxValues || begun is [var (_, word), ..] && word.Length > MaxLength) return null;
        }

        return words;
    }
}
