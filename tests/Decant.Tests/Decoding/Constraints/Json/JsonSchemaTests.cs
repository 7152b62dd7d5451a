using System.Text.Json;

namespace Decant.Tests.Decoding.Constraints.Json;

public class JsonSchemaTests
{
    private const string Person = """{"type":"object","properties":{"name":{"type":"string","maxLength":5},"age":{"type":"integer","minimum":0}},"required":["name"],"additionalProperties":false}""";

    [Theory]
    [InlineData("""{"name":"Ann","age":3}""", true)]
    [InlineData("""{"name":"Ann"}""", true)]
    [InlineData("""{"age":3,"name":"Ann"}""", false)]
    [InlineData("""{"name": "Ann"}""", false)]
    [InlineData("""{"name":"Ann","age":3.0}""", false)]
    [InlineData("""{"age":3}""", false)]
    [InlineData("""{"name":"Ann","age":-1}""", false)]
    [InlineData("""{"name":"Annabel"}""", false)]
    [InlineData("""{"name":"Ann","name":"Bob"}""", false)]
    [InlineData("""{"name":"Ann","other":1}""", false)]
    public void By_default_members_come_in_order_without_blanks_and_numbers_are_short(string text, bool accepted) => Assert.Equal(accepted, new JsonRecognizer(Person).Accepts(text));

    [Fact]
    public void Every_option_lets_something_else_be_written()
    {
        var options = new JsonSchemaOptions { Schema = Person };
        Assert.True(new JsonRecognizer(options with { PropertyOrder = JsonPropertyOrder.Any }).Accepts("""{"age":3,"name":"Ann"}"""));
        Assert.True(new JsonRecognizer(options with { Numbers = JsonNumberForm.Any }).Accepts("""{"name":"Ann","age":3.0}"""));
        var flexible = new JsonRecognizer(options with { Whitespace = JsonWhitespace.Flexible });
        Assert.True(flexible.Accepts("\n{\n  \"name\" : \"Ann\",\r\n\t\"age\": 3\n}\n"));
        Assert.False(flexible.Accepts($"{{{new string(' ', 100)}\"name\":\"Ann\"}}"));
        var spaced = new JsonRecognizer(options with { Whitespace = JsonWhitespace.Spaced });
        Assert.True(spaced.Accepts("""{"name": "Ann", "age":3}"""));
        Assert.False(spaced.Accepts("""{ "name":"Ann"}"""));
        Assert.False(spaced.Accepts("""{"name":  "Ann"}"""));
        var date = new JsonSchemaOptions { Schema = """{"type":"string","format":"date"}""" };
        Assert.False(new JsonRecognizer(date).Accepts("\"2023-02-29\""));
        Assert.True(new JsonRecognizer(date with { EnforceFormats = false }).Accepts("\"2023-02-29\""));
        var elsewhere = new JsonSchemaOptions { Schema = """{"$ref":"https://example.com/a#/$defs/b"}""" };
        Assert.Equal("$ref", Assert.Throws<JsonSchemaException>(() => new JsonRecognizer(elsewhere)).Keyword);
        var documents = new Dictionary<string, string> { ["https://example.com/a"] = """{"$defs":{"b":{"const":1}}}""" };
        Assert.True(new JsonRecognizer(elsewhere with { Documents = documents }).Accepts("1"));
    }

    [Theory]
    [InlineData("""{"properties":{"a/b":{"items":{"uniqueItems":true}}}}""", "/properties/a~1b/items", "uniqueItems", true)]
    [InlineData("""{"items":{"minProperties":3}}""", "/items", "minProperties", true)]
    [InlineData("""{"multipleOf":0.123456789}""", "", "multipleOf", true)]
    [InlineData("""{"anyOf":[true,{"format":"regex"}]}""", "/anyOf/1", "format", true)]
    [InlineData("""{"pattern":"a(?=b)"}""", "", "pattern", true)]
    [InlineData("""{"not":{"uniqueItems":true}}""", "/not", "uniqueItems", true)]
    [InlineData("""{"$recursiveRef":"#"}""", "", "$recursiveRef", true)]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","contentEncoding":"base64"}""", "", "contentEncoding", true)]
    [InlineData("""{"$schema":"https://example.com/mine"}""", "", "$schema", true)]
    [InlineData("""{"properties":{"a":{"type":"text"}}}""", "/properties/a", "type", false)]
    [InlineData("""{"minLength":-1}""", "", "minLength", false)]
    [InlineData("""{"multipleOf":0}""", "", "multipleOf", false)]
    [InlineData("""{"required":"a"}""", "", "required", false)]
    [InlineData("""{"items":[true]}""", "", "items", false)]
    [InlineData("""{"properties":{"a":5}}""", "/properties/a", "schema", false)]
    [InlineData("""{"$ref":"#/$defs/none"}""", "", "$ref", false)]
    [InlineData("""{"$ref":"#nowhere"}""", "", "$ref", false)]
    [InlineData("""{"$defs":{"a":{"allOf":[{"$ref":"#/$defs/a"}]}},"$ref":"#/$defs/a"}""", "/$defs/a/allOf/0", "$ref", false)]
    [InlineData("""{"not":{"$ref":"#"}}""", "/not", "$ref", false)]
    public void What_cannot_be_enforced_is_an_error_with_its_place(string schema, string pointer, string keyword, bool isUnsupported)
    {
        var error = Assert.Throws<JsonSchemaException>(() => new JsonRecognizer(schema));
        Assert.Equal((pointer, keyword, isUnsupported), (error.Pointer, error.Keyword, error.IsUnsupported));
        Assert.Contains($"{keyword} at \"#{pointer}\"", error.Message);
    }

    [Fact]
    public void Lenient_does_without_what_cannot_be_enforced_and_says_so()
    {
        var options = new JsonSchemaOptions { Schema = """{"type":"array","uniqueItems":true,"items":{"format":"regex","maxLength":2,"minProperties":2},"maxItems":2}""", Lenient = true };
        var recognizer = new JsonRecognizer(options);
        Assert.True(recognizer.Accepts("""["a","a"]"""));
        Assert.False(recognizer.Accepts("""["a","a","a"]"""));
        Assert.False(recognizer.Accepts("""["aaa"]"""));
        Assert.Equal(["format", "uniqueItems", "minProperties"], recognizer.Warnings.Select(warning => warning.Split(' ')[1]));
        Assert.Equal(recognizer.Warnings, options.Compile(TestVocabulary.Standard.Context).Warnings);
        Assert.Equal("type", Assert.Throws<JsonSchemaException>(() => new JsonRecognizer(options with { Schema = """{"type":"text"}""" })).Keyword);
    }

    [Theory]
    [InlineData("""{"type":"string","minLength":3,"maxLength":2}""")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""")]
    [InlineData("""{"type":"object","properties":{"a":false},"required":["a"]}""")]
    [InlineData("""{"type":"integer","minimum":0.1,"maximum":0.9}""")]
    [InlineData("""{"enum":[]}""")]
    [InlineData("false")]
    public void What_allows_nothing_is_an_error(string schema) => Assert.Contains("no text that the constraint allows", Assert.Throws<ArgumentException>(() => new JsonRecognizer(schema)).Message);

    [Fact]
    public void Schema_must_be_JSON()
        => Assert.Equal("Schema", Assert.Throws<ArgumentException>(() => new JsonSchemaOptions { Schema = "{" }.Compile(TestVocabulary.Standard.Context)).ParamName);

    [Fact]
    public void Distinct_items_of_a_list_are_all_arrangements()
    {
        var values = new[] { "\"a\"", "1", "null", "true" };
        var recognizer = new JsonRecognizer("""{"type":"array","uniqueItems":true,"minItems":1,"maxItems":3,"items":{"enum":["a",1,1.0,null,true]}}""");
        foreach (var items in Lists(values, 4))
            Assert.Equal(items.Length is >= 1 and <= 3 && items.Distinct().Count() == items.Length, recognizer.Accepts($"[{string.Join(',', items)}]"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_JSON_or_any_object(bool objectOnly)
    {
        var constraint = new JsonOptions { ObjectOnly = objectOnly }.Compile(new TestVocabulary("</s>", "{", "}", "[", "]", "1", " ").Context);
        Assert.Equal(!objectOnly, constraint.TryAccept(3));
        if (!objectOnly) constraint.Rollback(1);
        Assert.False(constraint.TryAccept(6));
        Assert.True(constraint.TryAccept(1));
        Assert.False(constraint.TryAccept(6));
        Assert.True(new JsonOptions { Whitespace = JsonWhitespace.Flexible }.Compile(new TestVocabulary("</s>", " ").Context).TryAccept(1));
        Assert.True(constraint.TryAccept(2));
        Assert.True(constraint.Accepting);
    }

    [Fact]
    public void Of_a_name_that_comes_twice_in_a_schema_the_last_counts()
    {
        var recognizer = new JsonRecognizer("""{"allOf":[{"const":{"a":1,"a":2}},{"properties":{"a":{"const":1},"a":{"type":"integer"}}}]}""");
        Assert.True(recognizer.Accepts("""{"a":2}"""));
        Assert.False(recognizer.Accepts("""{"a":1}"""));
        Assert.False(recognizer.Accepts("""{"a":1,"a":2}"""));
    }

    [Fact]
    public void Draft_7_is_read_as_draft_7_where_the_schema_says_so()
    {
        var draft7 = new JsonRecognizer("""{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"const":1}],"additionalItems":{"const":2},"definitions":{"a":true}}""");
        Assert.True(draft7.Accepts("[1,2,2]"));
        Assert.False(draft7.Accepts("[1,1]"));
        var later = new JsonRecognizer("""{"prefixItems":[{"const":1}],"items":{"const":2}}""");
        Assert.True(later.Accepts("[1,2,2]"));
        Assert.False(later.Accepts("[1,1]"));
    }

    [Fact]
    public void Two_schemas_stand_side_by_side_in_a_grammar()
    {
        var builder = new GrammarBuilder();
        GrammarExpression Schema(string json)
        {
            var options = new JsonSchemaOptions { Schema = json };
            return JsonSchemaGrammar.Describe(builder, options.Parse(), options);
        }

        var grammar = builder.Build(GrammarExpression.Sequence(Schema("""{"type":"array","items":{"$ref":"#"}}"""), builder.Text(" or "), Schema(Person)));
        var vocabulary = new TestVocabulary("</s>", "[[],[]]", " or ", """{"name":"Ann"}""", "[", "]");
        var compiled = new CompiledGrammar(grammar, vocabulary);
        var place = CompiledGrammar.First;
        foreach (var token in (int[])[1, 2, 3]) place = compiled.Next(place, token);
        Assert.True(compiled.IsAccepting(place));
    }

    private static IEnumerable<string[]> Lists(string[] values, int longest)
        => longest == 0 ? [[]] : [[], .. Lists(values, longest - 1).SelectMany(_ => values, (list, value) => (string[])[.. list, value])];
}
