namespace Decant.Decoding;

/// <summary>Arrays of a shape as rules.</summary>
internal sealed class ArrayRules(GrammarBuilder builder, SchemaReader reader, JsonSyntax syntax, DistinctItems distinct, Func<Formula, GrammarExpression> value)
{
    // Whether an item is as a count says and whether it is as another says are asked of each item.
    private const int MaxCounts = 4;
    private readonly GrammarExpression _open = builder.Terminal(syntax.OpenArray);
    private readonly GrammarExpression _close = builder.Terminal(syntax.CloseArray);
    private readonly GrammarExpression _comma = builder.Terminal(syntax.Comma);

    public GrammarExpression Describe(ArrayShape shape)
    {
        if (shape.Unique is not null && shape.Max is null or > 1)
        {
            if (distinct.Find(shape) is { } items) return GrammarExpression.Sequence(_open, items, _close);
            reader.Attempt(() => throw new SchemaPlace(shape.Unique!, SchemaScope.Start()).Unsupported(
                "uniqueItems", $"That items differ from each other can be told only where each is one of up to {DistinctItems.MaxValues} numbers, texts, booleans and null."));
        }

        if (shape.Counts.Count > MaxCounts) throw new ConstraintLimitException($"more than {MaxCounts} contains apply to one array");

        // Behind all of these, items are alike.
        var alike = Math.Max(shape.Min, Math.Max(shape.First.Count, shape.Counts.Count == 0 ? 0 : shape.Counts.Max(count => count.From)));
        var list = StateRules<ArrayState>.From(
            builder,
            default,
            state => state.Items >= shape.Min && Enumerable.Range(0, shape.Counts.Count).All(i => state[i] >= shape.Counts[i].Min),
            state => state.Items == shape.Max ? [] : Items(shape, state, shape.Max is null ? Math.Max(1, alike) : long.MaxValue));
        return GrammarExpression.Sequence(_open, list, _close);
    }

    private IEnumerable<(GrammarExpression Item, ArrayState Next)> Items(ArrayShape shape, ArrayState state, long alike)
    {
        var next = state with { Items = Math.Min(alike, state.Items + 1) };
        List<(Formula Item, ArrayState Next)> ways = [(shape.Item((int)Math.Min(state.Items, int.MaxValue)), next)];
        for (var i = 0; i < shape.Counts.Count; i++)
        {
            var count = shape.Counts[i];

            // Once there are enough and there is no limit, it does not matter any more.
            if (state.Items < count.From || (count.Max is null && state[i] >= count.Min)) continue;
            var counted = i;
            ways = [.. ways.SelectMany(way => new[]
            {
                (reader.Formulas.And(way.Item, count.Item), way.Next.Increment(counted)),
                (reader.Formulas.And(way.Item, reader.Formulas.Not(count.Item)), way.Next),
            }).Where(way => way.Item2[counted] <= (count.Max ?? long.MaxValue))];
        }

        foreach (var way in ways)
        {
            if (way.Item == reader.Formulas.Nothing) continue;
            var item = value(way.Item);
            yield return (state.Items == 0 ? item : GrammarExpression.Sequence(_comma, item), way.Next);
        }
    }

    /// <summary>How many items there are, and how many of them are as each count says.</summary>
    private readonly record struct ArrayState(long Items, long First, long Second, long Third, long Fourth)
    {
        public long this[int count] => count switch { 0 => First, 1 => Second, 2 => Third, _ => Fourth };

        public ArrayState Increment(int count) => count switch
        {
            0 => this with { First = First + 1 },
            1 => this with { Second = Second + 1 },
            2 => this with { Third = Third + 1 },
            _ => this with { Fourth = Fourth + 1 },
        };
    }
}
