using System.Text.Json;

namespace Decant.Decoding;

/// <summary>Keywords that apply other schemas to the same value, and those that say what becomes of what none of them looked at.</summary>
internal sealed class Applicators(SchemaReader reader, RegexPool pool, SchemaDocuments documents, ObjectKeywords objects, ArrayKeywords arrays)
{
    // Each branch that looks at something doubles the ways of looking.
    private const int MaxReadings = 256;
    private readonly HashSet<SchemaNode> _followed = [];

    private JsonAlgebra Algebra => reader.Algebra;

    private FormulaPool Formulas => reader.Formulas;

    /// <summary>What is left of a schema's values after all of them.</summary>
    public IReadOnlyList<SchemaReading> Apply(SchemaPlace at, SchemaReading own, bool track)
    {
        var isDraft7 = at.Node.Resource.IsDraft7;
        var leftItems = isDraft7 ? null : at.Keyword("unevaluatedItems");
        var leftMembers = isDraft7 ? null : at.Keyword("unevaluatedProperties");
        var tracks = track || leftItems is not null || leftMembers is not null;
        if (tracks)
        {
            own = own with
            {
                Names = objects.Evaluated(at),
                Items = ArrayKeywords.Evaluated(at),
                Matching = at.Keyword("contains") is { } contains ? [Formulas.Schema(contains, at.Scope)] : [],
            };
        }

        IReadOnlyList<SchemaReading> readings = [own];
        void Step(Func<IReadOnlyList<SchemaReading>> apply) => reader.Attempt(() => readings = Join(readings, tracks ? apply() : Merge(apply())));
        if (at.Keyword("$ref") is not null) Step(() => Reference(at, "$ref", tracks));
        if (!isDraft7 && at.Keyword("$dynamicRef") is not null) Step(() => Reference(at, "$dynamicRef", tracks));
        if (at.Keyword("$recursiveRef") is not null) Step(() => throw at.Unsupported("$recursiveRef", "It belongs to draft 2019-09, which is not known. Use $dynamicRef."));
        foreach (var schema in at.Items("allOf")) Step(() => Branch(at, schema, tracks));
        if (at.Keyword("anyOf") is not null) Step(() => AnyOf(at, tracks));
        if (at.Keyword("oneOf") is not null) Step(() => OneOf(at, tracks));
        if (at.Keyword("if") is { } condition) Step(() => Conditional(at, condition, tracks));
        if (at.Keyword("not") is { } negated) Step(() => [reader.Reading(Not(Formulas.Schema(negated, at.Scope)))]);
        foreach (var keyword in (string[])["dependentSchemas", "dependencies"])
        {
            foreach (var (name, schema) in at.Members(keyword))
            {
                if (schema.Element.ValueKind != JsonValueKind.Array) Step(() => [reader.Reading(objects.Without(name)), .. Join([reader.Reading(objects.With(name))], Branch(at, schema, tracks))]);
            }
        }

        if (leftItems is not null) reader.Attempt(() => readings = [.. readings.Select(reading => WithoutOtherItems(reading, Formulas.Schema(leftItems, at.Scope)))]);
        if (leftMembers is not null) reader.Attempt(() => readings = [.. readings.Select(reading => WithoutOtherMembers(reading, Formulas.Schema(leftMembers, at.Scope)))]);
        return readings;
    }

    /// <summary>What a reference refers to.</summary>
    public IReadOnlyList<SchemaReading> Reference(SchemaPlace at, string keyword, bool track)
    {
        var reference = at.Text(keyword);
        var target = documents.Resolve(at.Node, keyword, reference);
        if (keyword == "$dynamicRef" && reference.IndexOf('#') is >= 0 and var hash)
        {
            // Only what is a dynamic anchor here may be another one there.
            var anchor = reference[(hash + 1)..];
            if (target.Resource.DynamicAnchors.Contains(anchor) && target.Resource.Anchors[anchor] == target) target = at.Scope.Enter(target.Resource).Find(anchor) ?? target;
        }

        try
        {
            return Branch(at, target, track);
        }
        catch (RecursiveSchemaException error)
        {
            error.Reference ??= new JsonSchemaException(at.Node.Pointer, keyword, "it leads back to itself at the same place of the value, so it says nothing. Let it stand inside an array or object, or take it out.");
            throw;
        }
    }

    private IReadOnlyList<SchemaReading> Branch(SchemaPlace at, SchemaNode schema, bool track)
    {
        if (!track) return [reader.Reading(reader.Expand(Formulas.Schema(schema, at.Scope)))];
        if (!_followed.Add(schema)) throw new RecursiveSchemaException();
        try
        {
            return reader.Read(new SchemaPlace(schema, at.Scope.Enter(schema.Resource)), track);
        }
        finally
        {
            _followed.Remove(schema);
        }
    }

    // Who looks at more leaves less to be unevaluated, so it does no harm that a value is in several readings.
    private List<SchemaReading> AnyOf(SchemaPlace at, bool track)
    {
        var readings = new List<SchemaReading>();
        foreach (var schema in at.Items("anyOf"))
        {
            var branch = Branch(at, schema, track);
            if (branch.Any(reading => reading.Evaluates)) readings.AddRange(Join(readings, branch));
            readings.AddRange(branch);
        }

        return readings;
    }

    private List<SchemaReading> OneOf(SchemaPlace at, bool track)
    {
        var schemas = at.Items("oneOf");
        List<Formula> formulas = [.. schemas.Select(schema => Formulas.Schema(schema, at.Scope))];
        var readings = new List<SchemaReading>();
        for (var i = 0; i < schemas.Count; i++)
        {
            var one = Branch(at, schemas[i], track);
            for (var j = 0; j < schemas.Count; j++)
            {
                if (i != j && !reader.AreDisjoint(formulas[i], formulas[j])) one = Join(one, [reader.Reading(Not(formulas[j]))]);
            }

            readings.AddRange(one);
        }

        return readings;
    }

    private List<SchemaReading> Conditional(SchemaPlace at, SchemaNode condition, bool track)
    {
        var then = at.Keyword("then") is { } schema ? Branch(at, schema, track) : [reader.Reading(Algebra.Anything)];
        var otherwise = at.Keyword("else") is { } other ? Branch(at, other, track) : [reader.Reading(Algebra.Anything)];
        return [.. Join(Branch(at, condition, track), then), .. Join([reader.Reading(Not(Formulas.Schema(condition, at.Scope)))], otherwise)];
    }

    private JsonValues Not(Formula formula) => reader.Expand(Formulas.Not(formula));

    private SchemaReading WithoutOtherItems(SchemaReading reading, Formula others) => reading.Items == int.MaxValue
        ? reading
        : reading with { Values = Algebra.Intersect(reading.Values, arrays.From(reading.Items, Formulas.Or([others, .. reading.Matching]))), Items = int.MaxValue };

    private SchemaReading WithoutOtherMembers(SchemaReading reading, Formula others)
        => reading with { Values = Algebra.Intersect(reading.Values, objects.Others(reading.Names, others)), Names = Algebra.AllStrings };

    private List<SchemaReading> Join(IReadOnlyList<SchemaReading> left, IReadOnlyList<SchemaReading> right)
    {
        if (left.Count * right.Count > MaxReadings) throw new ConstraintLimitException($"its branches look at the same value in more than {MaxReadings} ways");
        return [.. left.SelectMany(_ => right, (a, b) => new SchemaReading(Algebra.Intersect(a.Values, b.Values), pool.Or(a.Names, b.Names), Math.Max(a.Items, b.Items), [.. a.Matching.Union(b.Matching)]))];
    }

    private List<SchemaReading> Merge(IReadOnlyList<SchemaReading> readings)
        => [reader.Reading(readings.Select(reading => reading.Values).Aggregate(Algebra.Nothing, Algebra.Unite))];
}
