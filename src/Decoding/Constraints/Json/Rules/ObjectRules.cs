namespace Decant.Decoding;

/// <summary>
/// Objects of a shape as rules. Members that the shape names are written once. Of other members one name may come twice, and readers mostly go by the last: it is that which has to be right
/// where a shape asks for some member, and a second one counts for nothing where it asks for a number of members.
/// </summary>
internal sealed class ObjectRules(GrammarBuilder builder, SchemaReader reader, JsonSyntax syntax, JsonText text, JsonPropertyOrder order, Func<Formula, GrammarExpression> value)
{
    private const int MaxNamedInAnyOrder = 12;
    private const int MaxSome = 8;
    private readonly RegexPool _pool = builder.Pool;
    private readonly GrammarExpression _open = builder.Terminal(syntax.OpenObject);
    private readonly GrammarExpression _close = builder.Terminal(syntax.CloseObject);

    public GrammarExpression Describe(ObjectShape shape)
    {
        if (order == JsonPropertyOrder.Any && shape.Named.Count > MaxNamedInAnyOrder)
            throw new ConstraintLimitException($"an object with more than {MaxNamedInAnyOrder} named members cannot have them in any order (set PropertyOrder to schema)");
        if (shape.Some.Count > MaxSome) throw new ConstraintLimitException($"its negations ask one object for more than {MaxSome} members");
        var min = Min(shape);
        var others = Others(shape);
        var members = StateRules<ObjectState>.From(builder, default, state => IsEnd(shape, min, state), state => Next(shape, min, others, state));
        return GrammarExpression.Sequence(_open, members, _close);
    }

    // How many members there must be that are sure to differ: those with a given name, and one other.
    private long Min(ObjectShape shape)
    {
        if (shape.Min <= shape.Named.Count(member => member.IsRequired)) return 0;
        var most = shape.Named.Count(member => member.Value != reader.Formulas.Nothing) + (shape.Others.Any(others => others.Value != reader.Formulas.Nothing) ? 1 : 0);
        if (shape.Min > most && shape.Others.Any(others => others.Value != reader.Formulas.Nothing))
        {
            var source = new SchemaPlace(shape.MinSource!, SchemaScope.Start());
            reader.Attempt(() => throw source.Unsupported(
                source.Keyword("minProperties") is null ? "maxProperties" : "minProperties", "That members without a given name differ cannot be told in a grammar: name all of those that there must be but one."));
            return most;
        }

        return shape.Min;
    }

    private bool IsEnd(ObjectShape shape, long min, ObjectState state)
    {
        if (state.Sure < min || (state.Found | state.Last) != (1 << shape.Some.Count) - 1) return false;
        return order == JsonPropertyOrder.Schema
            ? state.Named == shape.Named.Count
            : Enumerable.Range(0, shape.Named.Count).All(i => !shape.Named[i].IsRequired || (state.Named >> i & 1) != 0);
    }

    private IEnumerable<(GrammarExpression Member, ObjectState Next)> Next(ObjectShape shape, long min, IReadOnlyList<Other> others, ObjectState state)
    {
        var isFull = state.Count == shape.Max;
        if (order == JsonPropertyOrder.Schema && state.Named < shape.Named.Count)
        {
            var member = shape.Named[state.Named];
            var next = state with { Named = state.Named + 1 };
            if (!member.IsRequired) yield return (GrammarExpression.Empty, next);
            foreach (var way in isFull ? [] : Named(shape, min, member, state, next)) yield return way;
            yield break;
        }

        for (var i = 0; order == JsonPropertyOrder.Any && i < shape.Named.Count; i++)
        {
            if (isFull || (state.Named >> i & 1) != 0) continue;
            foreach (var way in Named(shape, min, shape.Named[i], state, state with { Named = state.Named | 1 << i })) yield return way;
        }

        foreach (var other in isFull ? [] : others)
        {
            var next = Counted(shape, state.HasOther ? 0 : min, state) with { HasOther = min > 0, Last = (state.Last & ~other.Lost) | other.Found };
            yield return (Member(state, other.Names, other.Value), next);
        }
    }

    private IEnumerable<(GrammarExpression Member, ObjectState Next)> Named(ObjectShape shape, long min, NamedMember member, ObjectState state, ObjectState next)
    {
        next = Counted(shape, min, next);
        List<(Formula Value, ObjectState Next)> ways = [(member.Value, next)];
        for (var i = 0; i < shape.Some.Count; i++)
        {
            var (names, some) = shape.Some[i];
            if ((next.Found >> i & 1) != 0 || !reader.Objects.Has(names, member.Name)) continue;
            var bit = 1 << i;
            ways = [.. ways.SelectMany(way => new[]
            {
                (reader.Formulas.And(way.Value, some), way.Next with { Found = way.Next.Found | bit }),
                (reader.Formulas.And(way.Value, reader.Formulas.Not(some)), way.Next),
            })];
        }

        return ways.Where(way => way.Value != reader.Formulas.Nothing).Select(way => (Member(state, _pool.Literal(member.Name), way.Value), way.Next));
    }

    // What is counted only as far as it matters keeps states few.
    private static ObjectState Counted(ObjectShape shape, long min, ObjectState state) => state with
    {
        HasAny = true,
        Count = shape.Max is null ? 0 : state.Count + 1,
        Sure = Math.Max(state.Sure, Math.Min(min, state.Sure + 1)),
    };

    private GrammarExpression Member(ObjectState state, ByteRegex name, Formula formula)
    {
        var key = _pool.Concat(text.Quoted(name), syntax.Colon);
        return GrammarExpression.Sequence(builder.Terminal(state.HasAny ? _pool.Concat(syntax.Comma, key) : key), value(formula));
    }

    private List<Other> Others(ObjectShape shape)
    {
        List<Other> others = [.. shape.Others.Select(other => new Other(reader.Objects.Without(other.Names, shape.Named), other.Value, 0, 0))];
        for (var i = 0; i < shape.Some.Count; i++)
        {
            var (names, some) = shape.Some[i];
            var bit = 1 << i;
            others = [.. others.SelectMany(other => new[]
            {
                other with { Names = _pool.And(other.Names, names), Value = reader.Formulas.And(other.Value, some), Found = other.Found | bit },
                other with { Names = _pool.And(other.Names, names), Value = reader.Formulas.And(other.Value, reader.Formulas.Not(some)), Lost = other.Lost | bit },
                other with { Names = _pool.And(other.Names, _pool.Not(names)) },
            }).Where(other => !builder.Derivatives.IsEmpty(other.Names))];
        }

        others.RemoveAll(other => other.Value == reader.Formulas.Nothing);
        return others;
    }

    /// <summary>Members that the shape does not name.</summary>
    /// <param name="Names">Their names, as contents of texts.</param>
    /// <param name="Value">What they are.</param>
    /// <param name="Found">The bits of what the shape asks for that they are.</param>
    /// <param name="Lost">The bits of what they may take back, if a member of the same name was that.</param>
    private sealed record Other(ByteRegex Names, Formula Value, int Found, int Lost);

    /// <summary>What was written of an object.</summary>
    /// <param name="Named">How many of the named members were written or passed over; in any order, the bits of those that were written.</param>
    /// <param name="HasAny">Whether there is a member.</param>
    /// <param name="HasOther">Whether there is one that is not named, where that matters.</param>
    /// <param name="Count">How many members there are, where there is a limit.</param>
    /// <param name="Sure">How many of them are sure to differ, up to the fewest that there must be.</param>
    /// <param name="Found">The bits of what the shape asks for that named members are.</param>
    /// <param name="Last">The bits of what the shape asks for that other members are, unless a later one takes that back.</param>
    private readonly record struct ObjectState(int Named, bool HasAny, bool HasOther, long Count, long Sure, int Found, int Last);
}
