using System.Text.Json;

namespace Decant.Decoding;

/// <summary>Keywords that say what objects have.</summary>
internal sealed class ObjectKeywords(SchemaReader reader, RegexPool pool, ObjectAlgebra objects, JsonAlgebra algebra, ScalarKeywords scalars, FormulaPool formulas)
{
    /// <summary>Everything that they say of a schema's values, keyword by keyword. Properties come first, for members are written in this order.</summary>
    public IEnumerable<(string Keyword, Func<SchemaPlace, JsonValues> Read)> All =>
    [
        ("properties", Properties),
        ("patternProperties", at => at.Keyword("properties") is null ? Properties(at) : algebra.Anything),
        ("additionalProperties", at => at.Keyword("properties") is null && at.Keyword("patternProperties") is null ? Properties(at) : algebra.Anything),
        ("required", at => Objects(Having(at.Texts(at.Keyword("required")!, "required")))),
        ("propertyNames", Names),
        ("minProperties", at => Objects(algebra.AnyObject with { Min = at.Count("minProperties")!.Value, MinSource = at.Node })),
        ("maxProperties", at => Objects(algebra.AnyObject with { Max = at.Count("maxProperties"), MaxSource = at.Node })),
        ("dependentRequired", at => Dependencies(at, "dependentRequired")),
        ("dependencies", at => Dependencies(at, "dependencies")),
    ];

    /// <summary>The names that a schema's own keywords look at: what is left is unevaluated.</summary>
    public ByteRegex Evaluated(SchemaPlace at)
    {
        if (at.Keyword("additionalProperties") is not null) return algebra.AllStrings;
        return pool.Or(pool.Literals(at.Members("properties").Keys), Patterns(at));
    }

    /// <summary>Values that are, if objects, without a member.</summary>
    public JsonValues Without(string name) => Objects(algebra.AnyObject with { Named = [new NamedMember(name, formulas.Nothing, IsRequired: false)] });

    /// <summary>Objects with a member.</summary>
    public JsonValues With(string name) => algebra.Nothing with { Objects = [Having([name])] };

    /// <summary>Values whose members, if they are objects and these have other names than <paramref name="known"/>, are as a formula says.</summary>
    public JsonValues Others(ByteRegex known, Formula value)
        => Objects(algebra.AnyObject with { Others = objects.Restrict(algebra.AnyObject.Others, pool.And(algebra.AllStrings, pool.Not(known)), value) });

    private JsonValues Properties(SchemaPlace at)
    {
        var classes = algebra.AnyObject.Others;
        foreach (var (pattern, schema) in at.Members("patternProperties")) classes = objects.Restrict(classes, scalars.Pattern(at, "patternProperties", pattern), formulas.Schema(schema, at.Scope));
        var byPattern = algebra.AnyObject with { Others = classes };
        List<NamedMember> named = [.. at.Members("properties").Select(member => new NamedMember(
            member.Key, formulas.And(formulas.Schema(member.Value, at.Scope), objects.Value(byPattern, member.Key)), IsRequired: false))];

        // Named members are not additional, and those of patterns are not either.
        if (at.Keyword("additionalProperties") is { } additional)
            classes = objects.Restrict(classes, pool.And(algebra.AllStrings, pool.Not(Patterns(at))), formulas.Schema(additional, at.Scope));
        return Objects(new ObjectShape(named, classes));
    }

    private ByteRegex Patterns(SchemaPlace at) => pool.Or([.. at.Members("patternProperties").Keys.Select(pattern => scalars.Pattern(at, "patternProperties", pattern))]);

    private JsonValues Names(SchemaPlace at)
    {
        var names = reader.Expand(formulas.Schema(at.Keyword("propertyNames")!, at.Scope)).Strings;
        return names == algebra.AllStrings ? algebra.Anything : Others(names, formulas.Nothing);
    }

    private JsonValues Dependencies(SchemaPlace at, string keyword)
    {
        var values = algebra.Anything;
        foreach (var (name, others) in at.Members(keyword))
        {
            // A schema is an applicator: the reader sees to it.
            if (others.Element.ValueKind == JsonValueKind.Array)
                values = algebra.Intersect(values, algebra.Unite(Without(name), algebra.Nothing with { Objects = [Having([name, .. at.Texts(others, keyword)])] }));
        }

        return values;
    }

    private ObjectShape Having(IEnumerable<string> names)
        => algebra.AnyObject with { Named = [.. names.Distinct().Select(name => new NamedMember(name, formulas.Anything, IsRequired: true))] };

    private JsonValues Objects(ObjectShape shape) => algebra.Anything with { Objects = [shape] };
}
