namespace Decant.Decoding;

/// <summary>Joins shapes of arrays.</summary>
internal sealed class ArrayAlgebra(FormulaPool formulas)
{
    /// <summary>All arrays.</summary>
    public ArrayShape Any { get; } = new([], formulas.Anything);

    /// <summary>The arrays of both shapes, or null where there plainly are none.</summary>
    public ArrayShape? Intersect(ArrayShape left, ArrayShape right)
    {
        List<Formula> first = [.. Enumerable.Range(0, Math.Max(left.First.Count, right.First.Count)).Select(i => formulas.And(left.Item(i), right.Item(i)))];
        var rest = formulas.And(left.Rest, right.Rest);
        var max = left.Max is null || right.Max < left.Max ? right.Max : left.Max;

        // Behind an item that cannot be there is none.
        var end = first.IndexOf(formulas.Nothing);
        if (end < 0 && rest == formulas.Nothing) end = first.Count;
        if (end >= 0)
        {
            first.RemoveRange(end, first.Count - end);
            rest = formulas.Nothing;
            if (max is null || max > end) max = end;
        }

        var min = Math.Max(left.Min, right.Min);
        return max < min
            ? null
            : new ArrayShape(first, rest) { Min = min, Max = max, Counts = [.. left.Counts.Union(right.Counts)], Unique = left.Unique ?? right.Unique };
    }

    /// <summary>All other arrays, as shapes.</summary>
    public IReadOnlyList<ArrayShape> Complement(ArrayShape shape)
    {
        if (shape.Unique is { } source)
            throw JsonSchemaException.Unsupported(source.Pointer, "uniqueItems", "it cannot be enforced below a not, an if or a oneOf whose branches overlap.");
        var others = new List<ArrayShape>();
        if (shape.Min > 0) others.Add(Any with { Max = shape.Min - 1 });
        if (shape.Max is { } max) others.Add(Any with { Min = max + 1 });
        for (var i = 0; i < shape.First.Count; i++)
        {
            if (shape.First[i] != formulas.Anything) others.Add(new ArrayShape([.. Enumerable.Repeat(formulas.Anything, i), formulas.Not(shape.First[i])], formulas.Anything) { Min = i + 1 });
        }

        if (shape.Rest == formulas.Nothing) others.Add(Any with { Min = shape.First.Count + 1 });
        else if (shape.Rest != formulas.Anything) others.Add(Any with { Counts = [new ItemCount(formulas.Not(shape.Rest), shape.First.Count, 1, null)] });
        foreach (var count in shape.Counts)
        {
            if (count.Min > 0) others.Add(Any with { Counts = [count with { Min = 0, Max = count.Min - 1 }] });
            if (count.Max is { } most) others.Add(Any with { Counts = [count with { Min = most + 1, Max = null }] });
        }

        return others;
    }
}
