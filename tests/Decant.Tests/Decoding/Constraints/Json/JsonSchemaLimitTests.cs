using System.Diagnostics;
using System.Text;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>Schemas that mean harm: they end soon, in a grammar or an error that says what to do.</summary>
public class JsonSchemaLimitTests
{
    private const int Deep = 10_000;

    [Fact]
    public void A_schema_nested_ten_thousand_times()
    {
        var schema = new StringBuilder().Insert(0, """{"items":""", Deep).Append("""{"type":"integer"}""").Append('}', Deep).ToString();
        var recognizer = Soon(() => new JsonRecognizer(schema));
        Assert.True(recognizer.Accepts(new string('[', Deep) + "1" + new string(']', Deep)));
        Assert.False(recognizer.Accepts(new string('[', Deep) + "null" + new string(']', Deep)));
    }

    [Fact]
    public void A_value_nested_ten_thousand_times()
    {
        var recognizer = new JsonRecognizer("""{"type":"array","items":{"$ref":"#"}}""");
        Assert.True(Soon(() => recognizer.Accepts(new string('[', Deep) + new string(']', Deep))));
        Assert.False(recognizer.Accepts(new string('[', Deep) + new string(']', Deep - 1)));
    }

    [Fact]
    public void A_constant_nested_ten_thousand_times()
    {
        var value = new string('[', Deep) + new string(']', Deep);
        Assert.True(Soon(() => new JsonRecognizer($$"""{"const":{{value}}}""")).Accepts(value));
    }

    [Theory]
    [InlineData("""{"allOf":[""", "]}")]
    [InlineData("""{"not":""", "}")]
    [InlineData("""{"unevaluatedProperties":false,"anyOf":[""", "]}")]
    public void Branches_nested_fifty_thousand_times(string open, string close)
    {
        var schema = new StringBuilder().Insert(0, open, 50_000).Append("true").Append(string.Concat(Enumerable.Repeat(close, 50_000))).ToString();
        Assert.Contains("nested too deeply", Soon(() => Assert.Throws<ConstraintLimitException>(() => new JsonRecognizer(schema))).Message);
    }

    [Fact]
    public void A_hundred_thousand_values()
    {
        var texts = Enumerable.Range(0, 100_000).Select(i => $"\"value {i * 7919 % 1_000_003}\"").ToArray();
        var recognizer = Soon(() => new JsonRecognizer($$"""{"enum":[{{string.Join(',', texts)}}]}"""));
        Assert.True(recognizer.Accepts(texts[^1]));
        Assert.False(recognizer.Accepts("\"value \""));
        var numbers = Soon(() => new JsonRecognizer($$"""{"enum":[{{string.Join(',', Enumerable.Range(0, 100_000))}}]}"""));
        Assert.True(numbers.Accepts("99999"));
        Assert.False(numbers.Accepts("100000"));
    }

    [Fact]
    public void A_thousand_members()
    {
        var members = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"member{i}\":{{\"type\":\"integer\"}}"));
        var recognizer = Soon(() => new JsonRecognizer($$$"""{"properties":{{{{members}}}},"additionalProperties":false}"""));
        Assert.True(Soon(() => recognizer.Accepts("""{"member3":1,"member999":2}""")));
        Assert.False(recognizer.Accepts("""{"member999":1,"member3":2}"""));
    }

    [Theory]
    [InlineData("""{"type":"array","minItems":1000000000,"items":true}""", "places apart")]
    [InlineData("""{"minimum":1e999999}""", "digits")]
    public void Counts_without_measure(string schema, string message)
        => Assert.Contains(message, Soon(() => Assert.Throws<ConstraintLimitException>(() => new JsonRecognizer(schema))).Message);

    [Fact]
    public void Alternatives_of_alternatives()
    {
        // 12 times "not both": 3^12 shapes, were they written out.
        var clauses = string.Join(',', Enumerable.Range(0, 12).Select(i => $"{{\"not\":{{\"required\":[\"a{i}\",\"b{i}\",\"c{i}\"]}}}}"));
        Assert.Contains("shapes", Soon(() => Assert.Throws<ConstraintLimitException>(() => new JsonRecognizer($$"""{"allOf":[{{clauses}}]}"""))).Message);
    }

    [Fact]
    public void Any_order_of_many_members_is_too_much()
    {
        var members = string.Join(',', Enumerable.Range(0, 13).Select(i => $"\"m{i}\":true"));
        var options = new JsonSchemaOptions { Schema = $$$"""{"properties":{{{{members}}}}}""" };
        Assert.Contains("PropertyOrder", Assert.Throws<ConstraintLimitException>(() => new JsonRecognizer(options with { PropertyOrder = JsonPropertyOrder.Any })).Message);
        Assert.True(new JsonRecognizer(options).Accepts("{}"));
    }

    private static T Soon<T>(Func<T> work)
    {
        var watch = Stopwatch.StartNew();
        var result = work();
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        return result;
    }
}
