namespace Decant.Decoding;

/// <summary>Joins sets of JSON values. Everything is exact; what would have too many shapes is a <see cref="ConstraintLimitException"/>.</summary>
internal sealed class JsonAlgebra
{
    private const int MaxShapes = 400;
    private readonly RegexPool _pool;
    private readonly RegexDerivatives _derivatives;
    private readonly ArrayAlgebra _arrays;
    private readonly ObjectAlgebra _objects;

    public JsonAlgebra(RegexPool pool, RegexDerivatives derivatives, FormulaPool formulas, NumberLanguage numbers, ObjectAlgebra objects)
    {
        (_pool, _derivatives) = (pool, derivatives);
        AllNumbers = numbers.All;
        AllStrings = Utf8Language.Text(pool);
        (_arrays, _objects) = (new ArrayAlgebra(formulas), objects);
        Nothing = new JsonValues { Numbers = pool.Nothing, Strings = pool.Nothing };
        Anything = new JsonValues { Null = true, True = true, False = true, Numbers = AllNumbers, Strings = AllStrings, Arrays = [_arrays.Any], Objects = [_objects.Any] };
    }

    public JsonValues Nothing { get; }

    public JsonValues Anything { get; }

    public ByteRegex AllNumbers { get; }

    public ByteRegex AllStrings { get; }

    /// <summary>Objects whose members are anything.</summary>
    public ObjectShape AnyObject => _objects.Any;

    /// <summary>Values that both sets have.</summary>
    public JsonValues Intersect(JsonValues left, JsonValues right)
    {
        if (left == Anything) return right;
        if (right == Anything) return left;
        return new JsonValues
        {
            Null = left.Null && right.Null,
            True = left.True && right.True,
            False = left.False && right.False,
            Numbers = Intersect(left.Numbers, right.Numbers, AllNumbers),
            Strings = Intersect(left.Strings, right.Strings, AllStrings),
            Arrays = Intersect(left.Arrays, right.Arrays, _arrays.Any, _arrays.Intersect),
            Objects = Intersect(left.Objects, right.Objects, _objects.Any, _objects.Intersect),
        };
    }

    /// <summary>Values that either set has.</summary>
    public JsonValues Unite(JsonValues left, JsonValues right) => new()
    {
        Null = left.Null || right.Null,
        True = left.True || right.True,
        False = left.False || right.False,
        Numbers = Unite(left.Numbers, right.Numbers, AllNumbers),
        Strings = Unite(left.Strings, right.Strings, AllStrings),
        Arrays = Unite(left.Arrays, right.Arrays, _arrays.Any),
        Objects = Unite(left.Objects, right.Objects, _objects.Any),
    };

    /// <summary>All other values.</summary>
    /// <exception cref="JsonSchemaException">That cannot be said of arrays whose items all differ.</exception>
    public JsonValues Complement(JsonValues values) => new()
    {
        Null = !values.Null,
        True = !values.True,
        False = !values.False,
        Numbers = Complement(values.Numbers, AllNumbers),
        Strings = Complement(values.Strings, AllStrings),
        Arrays = values.Arrays.Aggregate((IReadOnlyList<ArrayShape>)[_arrays.Any], (left, shape) => Intersect(left, _arrays.Complement(shape), _arrays.Any, _arrays.Intersect)),
        Objects = values.Objects.Aggregate((IReadOnlyList<ObjectShape>)[_objects.Any], (left, shape) => Intersect(left, _objects.Complement(shape), _objects.Any, _objects.Intersect)),
    };

    /// <summary>Whether a set is known to have no values. Where it takes looking inside arrays and objects, <paramref name="isNothing"/> does.</summary>
    public bool IsNothing(JsonValues values, Func<Formula, bool> isNothing)
        => !values.Null && !values.True && !values.False && _derivatives.IsEmpty(values.Numbers) && _derivatives.IsEmpty(values.Strings)
            && values.Arrays.All(shape => Enumerable.Range(0, (int)Math.Min(shape.Min, shape.First.Count)).Any(i => isNothing(shape.First[i])) || (shape.Min > shape.First.Count && isNothing(shape.Rest)))
            && values.Objects.All(shape => shape.Named.Any(member => member.IsRequired && isNothing(member.Value)));

    private ByteRegex Intersect(ByteRegex left, ByteRegex right, ByteRegex all) => left == all ? right : right == all ? left : _pool.And(left, right);

    private ByteRegex Unite(ByteRegex left, ByteRegex right, ByteRegex all) => left == all || right == all ? all : _pool.Or(left, right);

    private ByteRegex Complement(ByteRegex language, ByteRegex all)
        => language.Kind == RegexKind.Nothing ? all : language == all ? _pool.Nothing : _pool.And(all, _pool.Not(language));

    private static IReadOnlyList<T> Intersect<T>(IReadOnlyList<T> left, IReadOnlyList<T> right, T any, Func<T, T, T?> join)
        where T : class
    {
        if (left is [var onlyLeft] && onlyLeft == any) return right;
        if (right is [var onlyRight] && onlyRight == any) return left;
        if ((long)left.Count * right.Count > MaxShapes * 100L) throw TooMany();
        List<T> joined = [.. left.SelectMany(a => right, join).OfType<T>()];
        return joined.Count <= MaxShapes ? joined : throw TooMany();
    }

    private static List<T> Unite<T>(IReadOnlyList<T> left, IReadOnlyList<T> right, T any)
        where T : class
    {
        if (left.Contains(any) || right.Contains(any)) return [any];
        List<T> joined = [.. left.Union(right)];
        return joined.Count <= MaxShapes ? joined : throw TooMany();
    }

    private static ConstraintLimitException TooMany() => new($"its alternatives combine to more than {MaxShapes} shapes of an array or object");
}
