using System.Text;
using System.Text.Json;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>Random schemas against a validator that looks at values instead of texts, and knows nothing of sets: <see cref="ReferenceJsonValidator"/>.</summary>
public class JsonSchemaPropertyTests
{
    private const int Schemas = 1500;
    private const int Values = 60;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_is_accepted_is_valid_and_whatever_is_valid_is_accepted(bool isExact)
    {
        var (compiled, valid, refused) = (0, 0, 0);
        for (var seed = 0; seed < Schemas; seed++)
        {
            var random = new RandomSchema(new Random(seed), isExact);
            var schema = random.Schema().ToJsonString();
            if (Recognizer(schema, JsonPropertyOrder.Any) is not { } any || Recognizer(schema, JsonPropertyOrder.Schema) is not { } inOrder) continue;
            compiled++;
            var validator = new ReferenceJsonValidator(schema);
            for (var i = 0; i < Values; i++)
            {
                var value = JsonDocument.Parse(random.Value()?.ToJsonString() ?? "null").RootElement;
                var text = JsonRecognizer.Write(value);
                var isValid = validator.IsValid(value);
                var accepts = any(text);
                Assert.False(inOrder(text) && !accepts, $"{text} is accepted in the schema's order only: {schema}");
                Assert.True(isValid || !accepts, $"{text} is not valid: {schema}");
                Assert.False(isExact && isValid && !accepts, $"{text} is valid: {schema}");
                valid += isValid ? 1 : 0;
                refused += isValid && !accepts ? 1 : 0;
            }
        }

        Assert.InRange(compiled, Schemas * 3 / 4, Schemas);
        Assert.InRange(valid, Schemas * Values / 10, Schemas * Values);
        Assert.InRange(refused, isExact ? 0 : 1, isExact ? 0 : valid / 50);
    }

    // Whatever the options are for writing: blanks, members and numbers as they come.
    [Theory]
    [InlineData(JsonWhitespace.Compact)]
    [InlineData(JsonWhitespace.Spaced)]
    [InlineData(JsonWhitespace.Flexible)]
    public void A_walk_along_masks_ends_in_valid_JSON(JsonWhitespace whitespace)
    {
        string[] pieces = ["</s>", .. Enumerable.Range(' ', 95).Select(character => ((char)character).ToString()), "\n", "é", "\":", "\",\"", "{\"", "}]", "\":{\"a\":", "tru", "null", "false", "1,", "2.5", "ab", "\\u00", "}}", "]]"];
        var vocabulary = new TestVocabulary(pieces);
        var ended = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            var random = new Random(seed);
            var schema = new RandomSchema(random, isExact: false).Schema().ToJsonString();
            if (Recognizer(schema, JsonPropertyOrder.Schema) is not { Method.DeclaringType: var compiled } || compiled != typeof(JsonRecognizer)) continue;
            var constraint = new JsonSchemaOptions { Schema = schema, Whitespace = whitespace }.Compile(vocabulary.Context);
            if (Walk(constraint, pieces, random) is not { } text) continue;
            ended++;
            Assert.True(new ReferenceJsonValidator(schema).IsValid(JsonDocument.Parse(text).RootElement), $"{text} is not valid: {schema}");
        }

        Assert.InRange(ended, 200, 400);
    }

    private static string? Walk(IConstraint constraint, string[] pieces, Random random)
    {
        var text = new StringBuilder();
        var mask = new ulong[(pieces.Length + 63) >> 6];
        for (var step = 0; step < 300; step++)
        {
            if (constraint.Accepting && random.Next(3) == 0) return text.ToString();
            Array.Fill(mask, ulong.MaxValue);
            constraint.FillMask(mask);
            int[] allowed = [.. Enumerable.Range(1, pieces.Length - 1).Where(id => (mask[id >> 6] >> (id & 63) & 1) != 0)];
            if (allowed.Length == 0 && constraint.Accepting) return text.ToString();
            Assert.NotEmpty(allowed);

            // What closes comes more often, or walks would not end.
            int[] closing = [.. allowed.Where(id => pieces[id] is "\"" or "}" or "]")];
            var choice = closing.Length > 0 && random.Next(2) == 0 ? closing : allowed;
            var token = choice[random.Next(choice.Length)];
            Assert.True(constraint.TryAccept(token));
            text.Append(pieces[token]);
        }

        return null;
    }

    // Null: the schema is one of those that cannot be enforced.
    private static Func<string, bool>? Recognizer(string schema, JsonPropertyOrder order)
    {
        try
        {
            return new JsonRecognizer(new JsonSchemaOptions { Schema = schema, PropertyOrder = order, Numbers = JsonNumberForm.Any }).Accepts;
        }
        catch (Exception error) when (error is JsonSchemaException or ConstraintLimitException)
        {
            return null;
        }
        catch (ArgumentException error) when (error.Message.StartsWith("There is no text", StringComparison.Ordinal))
        {
            return _ => false;
        }
    }
}
