namespace Decant.Decoding;

/// <summary>
/// The texts of a part of a pattern, depending on where the part stands in the whole text: what anchors come to is known for each place, so that none is left. Where a part may stand at the start or end
/// it has at least the texts that it has inside, for <c>^</c> and <c>$</c> only ever take texts away.
/// </summary>
/// <param name="Inside">With other text before and behind.</param>
/// <param name="AtStart">At the start, with other text behind.</param>
/// <param name="AtEnd">At the end, with other text before.</param>
/// <param name="Whole">Alone.</param>
internal readonly record struct AnchoredRegex(ByteRegex Inside, ByteRegex AtStart, ByteRegex AtEnd, ByteRegex Whole)
{
    private bool IsFree => Inside == AtStart && Inside == AtEnd && Inside == Whole;

    /// <summary>A part without anchors.</summary>
    public static AnchoredRegex Free(ByteRegex language) => new(language, language, language, language);

    /// <summary><c>^</c></summary>
    public static AnchoredRegex Start(RegexPool pool) => new(pool.Nothing, pool.Empty, pool.Nothing, pool.Empty);

    /// <summary><c>$</c></summary>
    public static AnchoredRegex End(RegexPool pool) => new(pool.Nothing, pool.Nothing, pool.Empty, pool.Empty);

    public static AnchoredRegex Or(RegexPool pool, List<AnchoredRegex> ways)
    {
        if (ways.Count == 1) return ways[0];
        var inside = pool.Or([.. ways.Select(way => way.Inside)]);
        if (ways.TrueForAll(way => way.IsFree)) return Free(inside);
        return new(inside, pool.Or([.. ways.Select(way => way.AtStart)]), pool.Or([.. ways.Select(way => way.AtEnd)]), pool.Or([.. ways.Select(way => way.Whole)]));
    }

    // Where one of two is the empty text, the other stands where both do.
    public AnchoredRegex Then(RegexPool pool, AnchoredRegex next)
    {
        var inside = pool.Concat(Inside, next.Inside);
        if (IsFree && next.IsFree) return Free(inside);
        var whole = pool.Or(
            pool.Concat(AtStart, next.AtEnd),
            AtStart.IsNullable ? next.Whole : pool.Nothing,
            next.AtEnd.IsNullable ? Whole : pool.Nothing,
            Whole.IsNullable && next.Whole.IsNullable ? pool.Empty : pool.Nothing);
        return new(
            inside,
            pool.Or(pool.Concat(AtStart, next.Inside), AtStart.IsNullable && next.AtStart != next.Inside ? next.AtStart : pool.Nothing),
            pool.Or(pool.Concat(Inside, next.AtEnd), next.AtEnd.IsNullable && AtEnd != Inside ? AtEnd : pool.Nothing),
            whole);
    }

    public AnchoredRegex Repeat(RegexPool pool, int min, int? max)
    {
        var inside = pool.Repeat(Inside, min, max);
        return IsFree
            ? Free(inside)
            : new(inside, Repeat(pool, AtStart, Inside, AtStart, min, max), Repeat(pool, Inside, AtEnd, AtEnd, min, max), Repeat(pool, AtStart, AtEnd, Whole, min, max));
    }

    // The first and the last of several, and the only one: at least min of them, unless one can be the empty text, which then can be there as often as is needed.
    private ByteRegex Repeat(RegexPool pool, ByteRegex first, ByteRegex last, ByteRegex only, int min, int? max)
    {
        var fewest = first.IsNullable || last.IsNullable ? 0 : min;
        var none = min == 0 || only.IsNullable ? pool.Empty : pool.Nothing;
        var one = fewest <= 1 && max is not 0 ? only : pool.Nothing;
        var several = max is 0 or 1 ? pool.Nothing : pool.Concat(first, pool.Repeat(Inside, Math.Max(0, fewest - 2), max - 2), last);
        return pool.Or(none, one, several);
    }
}
