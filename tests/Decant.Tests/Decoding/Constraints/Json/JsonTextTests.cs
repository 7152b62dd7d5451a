using System.Text;
using System.Text.Json;

namespace Decant.Tests.Decoding.Constraints.Json;

/// <summary>Texts in quotes: the same contents, whatever has to be escaped in them.</summary>
public class JsonTextTests
{
    private const string Alphabet = "a\"\\\n\u0001\u001fé😀/";

    [Theory]
    [InlineData("[\\s\\S]*")]
    [InlineData("a[\\s\\S]*")]
    [InlineData("[^a]*")]
    [InlineData("(?:\"|\\\\\\\\)*")]
    [InlineData("[\\s\\S]{2}")]
    [InlineData("[\\x00-\\x1f]*|é+")]
    [InlineData("(?:a|😀|/)*\"?")]
    public void Contents_belong_in_quotes_exactly_if_they_belong_without(string pattern)
    {
        var pool = new RegexPool();
        var derivatives = new RegexDerivatives(pool);
        var text = new JsonText(pool);
        var language = RegexLanguage.Parse(pool, pattern);
        foreach (var contents in (ByteRegex[])[language, pool.And(Utf8Language.Text(pool), pool.Not(language))])
        {
            var quoted = text.Quoted(contents);
            foreach (var content in Contents())
            {
                var json = JsonRecognizer.Write(JsonDocument.Parse(JsonSerializer.Serialize(content)).RootElement);
                Assert.Equal(content, JsonSerializer.Deserialize<string>(json));
                Assert.True(Has(derivatives, contents, content) == Has(derivatives, quoted, json), json);
                Assert.False(Has(derivatives, quoted, json[..^1]));
            }
        }
    }

    [Fact]
    public void Where_only_the_length_counts_every_escape_is_one_character()
    {
        var pool = new RegexPool();
        var derivatives = new RegexDerivatives(pool);
        var two = new JsonText(pool).Quoted(pool.Repeat(Utf8Language.Any(pool), 2, 2));
        foreach (var json in (string[])["\"ab\"", "\"\\u0041\\n\"", "\"\\ud83d\\uDE00a\"", "\"😀\\/\"", "\"\\\\\\\"\""]) Assert.True(Has(derivatives, two, json), json);
        foreach (var json in (string[])["\"a\"", "\"abc\"", "\"\\ud83d\\ude00\"", "\"\\ud83da\"", "\"\\x\"", "\"\n\n\"", "\"\\ude00a\""]) Assert.False(Has(derivatives, two, json), json);
    }

    private static bool Has(RegexDerivatives derivatives, ByteRegex language, string text) => Encoding.UTF8.GetBytes(text).Aggregate(language, derivatives.Derive).IsNullable;

    private static IEnumerable<string> Contents()
    {
        string[] characters = [.. Alphabet.EnumerateRunes().Select(rune => rune.ToString())];
        return [.. characters, "", .. characters.SelectMany(_ => characters, string.Concat), .. characters.Select(character => $"a{character}\"")];
    }
}
