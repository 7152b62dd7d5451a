using System.Text.Json;

namespace Decant.Decoding;

/// <summary>Keywords that say what a value is without looking inside: types, constants, numbers and texts.</summary>
internal sealed class ScalarKeywords(RegexPool pool, JsonAlgebra algebra, NumberLanguage numbers, FormulaPool formulas, FormatLanguage? formats)
{
    /// <summary>Everything that they say of a schema's values, keyword by keyword.</summary>
    public IEnumerable<(string Keyword, Func<SchemaPlace, JsonValues> Read)> All =>
    [
        ("type", Types),
        ("enum", at => at.Keyword("enum") is { Element.ValueKind: JsonValueKind.Array } list ? Constants([.. list.Element.EnumerateArray()]) : throw at.Invalid("enum", "a list of values")),
        ("const", at => Constants([at.Keyword("const")!.Element])),
        ("minimum", at => Numbers(numbers.AtLeast(at.Number("minimum"), exclusive: false))),
        ("exclusiveMinimum", at => Numbers(numbers.AtLeast(at.Number("exclusiveMinimum"), exclusive: true))),
        ("maximum", at => Numbers(numbers.AtMost(at.Number("maximum"), exclusive: false))),
        ("exclusiveMaximum", at => Numbers(numbers.AtMost(at.Number("exclusiveMaximum"), exclusive: true))),
        ("multipleOf", Multiples),
        ("minLength", at => Strings(Length(at.Count("minLength")!.Value, null))),
        ("maxLength", at => Strings(Length(0, at.Count("maxLength")))),
        ("pattern", at => Strings(Pattern(at, "pattern", at.Text("pattern")))),
        ("format", Format),
        ("contentEncoding", at => Content(at, "contentEncoding")),
        ("contentMediaType", at => Content(at, "contentMediaType")),
    ];

    /// <summary>The texts in which a pattern is found.</summary>
    public ByteRegex Pattern(SchemaPlace at, string keyword, string pattern)
    {
        try
        {
            return pool.And(algebra.AllStrings, RegexLanguage.Parse(pool, pattern, RegexScope.Search, kind: keyword));
        }
        catch (ConstraintSyntaxException error)
        {
            throw at.Unsupported(keyword, error.Message);
        }
    }

    /// <summary>Some values.</summary>
    public JsonValues Constants(IReadOnlyList<JsonElement> values)
    {
        ILookup<JsonValueKind, JsonElement> kinds = values.ToLookup(value => value.ValueKind);
        return new JsonValues
        {
            Null = kinds.Contains(JsonValueKind.Null),
            True = kinds.Contains(JsonValueKind.True),
            False = kinds.Contains(JsonValueKind.False),
            Numbers = numbers.Values([.. kinds[JsonValueKind.Number].Select(value => DecimalNumber.Parse(value.GetRawText()))]),
            Strings = pool.Literals(kinds[JsonValueKind.String].Select(value => value.GetString()!)),
            Arrays = [.. kinds[JsonValueKind.Array].Select(Array)],
            Objects = [.. kinds[JsonValueKind.Object].Select(Object)],
        };
    }

    private ArrayShape Array(JsonElement value)
    {
        var length = value.GetArrayLength();
        return new ArrayShape([.. value.EnumerateArray().Select(formulas.Constant)], formulas.Nothing) { Min = length, Max = length };
    }

    private ObjectShape Object(JsonElement value) => new(
        [.. value.EnumerateObject().GroupBy(member => member.Name).Select(group => new NamedMember(group.Key, formulas.Constant(group.Last().Value), IsRequired: true))], [new MemberClass(algebra.AllStrings, formulas.Nothing)]);

    private JsonValues Types(SchemaPlace at)
    {
        var node = at.Keyword("type")!;
        var names = node.Element.ValueKind == JsonValueKind.String ? [node.Element.GetString()!] : at.Texts(node, "type");
        return names.Select(name => name switch
        {
            "null" => algebra.Nothing with { Null = true },
            "boolean" => algebra.Nothing with { True = true, False = true },
            "number" => algebra.Nothing with { Numbers = algebra.AllNumbers },
            "integer" => algebra.Nothing with { Numbers = numbers.Integers },
            "string" => algebra.Nothing with { Strings = algebra.AllStrings },
            "array" => algebra.Nothing with { Arrays = algebra.Anything.Arrays },
            "object" => algebra.Nothing with { Objects = algebra.Anything.Objects },
            _ => throw at.Invalid("type", "null, boolean, number, integer, string, array, object or a list of these"),
        }).Aggregate(algebra.Nothing, algebra.Unite);
    }

    private JsonValues Multiples(SchemaPlace at)
    {
        var divisor = at.Number("multipleOf");
        if (divisor.IsNegative || divisor.IsZero) throw at.Invalid("multipleOf", "greater than 0");
        return Numbers(numbers.MultiplesOf(divisor) ?? throw at.Unsupported("multipleOf", $"{divisor} has too many digits: {MultipleAutomaton.MaxDivisor:N0}, shifted by up to {MultipleAutomaton.MaxFraction} places, is the most."));
    }

    private JsonValues Format(SchemaPlace at)
    {
        var format = at.Text("format");
        if (formats is null || !FormatLanguage.IsKnown(format)) return algebra.Anything;
        return Strings(formats.Find(format) ?? throw at.Unsupported("format", $"\"{format}\" cannot be enforced."));
    }

    // An annotation since draft 2019-09, and something to be checked, like a format, in draft 7.
    private JsonValues Content(SchemaPlace at, string keyword) => at.Node.Resource.IsDraft7 && formats is not null
        ? throw at.Unsupported(keyword, "What a text has encoded in it cannot be enforced; EnforceFormats = false makes it an annotation.")
        : algebra.Anything;

    private ByteRegex Length(long min, long? max)
        => min > int.MaxValue ? pool.Nothing : pool.Repeat(Utf8Language.Any(pool), (int)min, max >= int.MaxValue ? null : (int?)max);

    private JsonValues Numbers(ByteRegex language) => algebra.Anything with { Numbers = language };

    private JsonValues Strings(ByteRegex contents) => algebra.Anything with { Strings = contents };
}
