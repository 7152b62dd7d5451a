using System.Text;

namespace Decant.Decoding;

/// <summary>Joins shapes of objects.</summary>
internal sealed class ObjectAlgebra(RegexPool pool, RegexDerivatives derivatives, FormulaPool formulas)
{
    private const int MaxClasses = 64;
    private readonly ByteRegex _allNames = Utf8Language.Text(pool);

    /// <summary>All objects.</summary>
    public ObjectShape Any { get; } = new([], [new MemberClass(Utf8Language.Text(pool), formulas.Anything)]);

    /// <summary>The objects of both shapes, or null where there plainly are none.</summary>
    public ObjectShape? Intersect(ObjectShape left, ObjectShape right)
    {
        var named = new List<NamedMember>();
        var (leftNamed, rightNamed) = (ByName(left), ByName(right));
        foreach (var member in left.Named)
        {
            var other = rightNamed.GetValueOrDefault(member.Name);
            named.Add(new NamedMember(member.Name, formulas.And(member.Value, other?.Value ?? Value(right, member.Name)), member.IsRequired || other?.IsRequired == true));
        }

        foreach (var member in right.Named)
        {
            if (!leftNamed.ContainsKey(member.Name)) named.Add(member with { Value = formulas.And(member.Value, Value(left, member.Name)) });
        }

        var (least, most) = (left.Min >= right.Min ? left : right, left.Max is null || right.Max < left.Max ? right : left);
        if (most.Max < least.Min || most.Max < named.Count(member => member.IsRequired) || named.Exists(member => member.IsRequired && member.Value == formulas.Nothing)) return null;
        return new ObjectShape(named, Intersect(left.Others, right.Others))
        {
            Min = least.Min, MinSource = least.MinSource, Max = most.Max, MaxSource = most.MaxSource, Some = [.. left.Some.Union(right.Some)],
        };
    }

    /// <summary>All other objects, as shapes.</summary>
    public IReadOnlyList<ObjectShape> Complement(ObjectShape shape)
    {
        var others = new List<ObjectShape>();
        foreach (var (name, value, isRequired) in shape.Named)
        {
            if (isRequired) others.Add(Any with { Named = [new NamedMember(name, formulas.Nothing, IsRequired: false)] });
            if (value != formulas.Anything) others.Add(Any with { Named = [new NamedMember(name, formulas.Not(value), IsRequired: true)] });
        }

        if (shape.Min > 0) others.Add(Any with { Max = shape.Min - 1, MaxSource = shape.MinSource });
        if (shape.Max is { } max) others.Add(Any with { Min = max + 1, MinSource = shape.MaxSource });
        foreach (var (names, value) in shape.Others)
        {
            if (value != formulas.Anything) others.Add(Any with { Some = [new MemberClass(Without(names, shape.Named), formulas.Not(value))] });
        }

        foreach (var (names, value) in shape.Some) others.Add(Any with { Others = Restrict(Any.Others, names, formulas.Not(value)) });
        return others;
    }

    /// <summary>Names of a class that no member has.</summary>
    public ByteRegex Without(ByteRegex names, IReadOnlyList<NamedMember> named)
        => named.Count == 0 ? names : pool.And(names, pool.Not(pool.Literals(named.Select(member => member.Name))));

    /// <summary>Classes where members with some of the names must be as a formula says, too.</summary>
    public IReadOnlyList<MemberClass> Restrict(IReadOnlyList<MemberClass> classes, ByteRegex names, Formula value)
        => Intersect(classes, [new MemberClass(names, value), new MemberClass(pool.And(_allNames, pool.Not(names)), formulas.Anything)]);

    /// <summary>What a shape says of members of a name that it does not list.</summary>
    public Formula Value(ObjectShape shape, string name)
    {
        if (shape.Others.Count == 1) return shape.Others[0].Value;
        return shape.Others.First(other => Has(other.Names, name)).Value;
    }

    /// <summary>Whether a name is one of several.</summary>
    public bool Has(ByteRegex names, string name) => Encoding.UTF8.GetBytes(name).Aggregate(names, derivatives.Derive).IsNullable;

    private List<MemberClass> Intersect(IReadOnlyList<MemberClass> left, IReadOnlyList<MemberClass> right)
    {
        var joined = new List<MemberClass>();
        foreach (var a in left)
        {
            foreach (var b in right)
            {
                var names = a.Names == _allNames ? b.Names : b.Names == _allNames ? a.Names : pool.And(a.Names, b.Names);
                if (!derivatives.IsEmpty(names)) joined.Add(new MemberClass(names, formulas.And(a.Value, b.Value)));
            }
        }

        // What all are alike in is said once.
        if (joined.TrueForAll(each => each.Value == joined[0].Value)) return [new MemberClass(_allNames, joined[0].Value)];
        return joined.Count <= MaxClasses ? joined : throw new ConstraintLimitException($"its patterns of names overlap in more than {MaxClasses} ways");
    }

    private static Dictionary<string, NamedMember> ByName(ObjectShape shape) => shape.Named.ToDictionary(member => member.Name);
}
