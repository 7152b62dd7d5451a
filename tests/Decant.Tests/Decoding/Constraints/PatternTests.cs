using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Decant.Tests.Decoding.Constraints;

/// <summary>The constraint "regex", and patterns that are meant to hurt.</summary>
public class PatternTests
{
    [Fact]
    public void A_generated_answer_matches_the_pattern()
    {
        var vocabulary = TestVocabulary.Standard;
        var pattern = "(ab|ba){2,3} the?";
        for (var seed = 0; seed < 20; seed++)
        {
            var constraint = new PatternOptions { Pattern = pattern }.Compile(vocabulary.Context);
            var random = new Random(seed);
            var text = new StringBuilder();
            while (true)
            {
                ulong[] mask = [ulong.MaxValue];
                constraint.FillMask(mask);
                var allowed = Enumerable.Range(0, vocabulary.Count).Where(id => (mask[0] >> id & 1) != 0).ToArray();
                var token = allowed[random.Next(allowed.Length)];
                Assert.True(constraint.TryAccept(token));
                if (vocabulary.EndOfTurn.Contains(token)) break;
                text.Append(Encoding.UTF8.GetString(vocabulary.Bytes(token)));
            }

            Assert.Matches($@"\A(?:{pattern})\z", text.ToString());
        }
    }

    [Theory]
    [InlineData("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("(a|aa)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", true)]
    [InlineData("(a*)*(a*)*(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    [InlineData("(x{1,1000}){1,1000}", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", true)]
    [InlineData("((x{1,100}y?){1,100}z?){1,100}", "xxyxxxxxzxxxxxxxxxxx", true)]
    [InlineData(@"\p{L}{0,10000}", "éàßΩ漢字", true)]
    [InlineData("(?:a?){30}a{30}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true)]
    [InlineData("(a|b)*a(a|b){20}", "abbaabbbbbbbbbbbbbbbbbbbb", true)]
    public void Patterns_that_explode_elsewhere_do_not(string pattern, string text, bool belongs)
    {
        var time = Stopwatch.StartNew();
        Assert.Equal(belongs, ByteVocabulary.Allows(new PatternOptions { Pattern = pattern }, text));
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_pattern_of_a_megabyte_is_read_and_a_nest_of_ten_thousand_groups_refused()
    {
        var time = Stopwatch.StartNew();
        var literal = new string('a', 999_990);
        var grammar = new PatternOptions { Pattern = literal + "b?" }.CompileGrammar(ByteVocabulary.Instance);
        Assert.NotEqual(CompiledGrammar.Refused, grammar.Next(CompiledGrammar.First, 'a'));
        Assert.Equal(CompiledGrammar.Refused, grammar.Next(CompiledGrammar.First, 'b'));
        Assert.Contains("nested", Assert.Throws<ConstraintSyntaxException>(() => Parse(new string('(', 10_000) + new string(')', 10_000))).Message);
        Assert.Contains("anchors", Assert.Throws<ConstraintSyntaxException>(() => Parse(string.Concat(Enumerable.Repeat("(^|a)", 200_000)))).Message);
        Parse(string.Concat(Enumerable.Repeat("(^|a|$)", 500)));
        Parse(string.Concat(Enumerable.Repeat(@"\p{L}", 200_000)));
        Parse("[" + string.Concat(Enumerable.Repeat("a-z", 300_000)) + "]");
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Too_many_parts_that_may_be_empty_are_refused_and_not_waited_for()
    {
        var time = Stopwatch.StartNew();
        var grammar = new PatternOptions { Pattern = string.Concat(Enumerable.Repeat("a?b?", 100_000)) }.CompileGrammar(ByteVocabulary.Instance);
        Assert.Contains("too large", Assert.Throws<ConstraintLimitException>(() => ByteVocabulary.Allows(grammar, new string('a', 20))).Message);
        Assert.InRange(time.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    private static ByteRegex Parse(string pattern) => RegexLanguage.Parse(new RegexPool(), pattern);
}
