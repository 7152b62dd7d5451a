namespace Decant.Tests.Decoding.Constraints;

public class InfillTests
{
    [Fact]
    public void Every_short_answer_ends_where_the_suffix_begins_and_nowhere_before()
    {
        foreach (var suffix in (string[])["a", "ab", "aab", "abab", "aabaaa", "abaabab"])
        {
            var grammar = new InfillOptions { Suffix = suffix, JoinLength = 6 }.CompileGrammar(ByteVocabulary.Instance);
            var join = suffix[..Math.Min(6, suffix.Length)];
            for (var length = 0; length <= 9; length++)
            {
                for (var bits = 0; bits < 1 << length; bits++)
                {
                    var text = string.Concat(Enumerable.Range(0, length).Select(i => "ab"[bits >> i & 1]));
                    Assert.Equal(text.IndexOf(join, StringComparison.Ordinal) is >= 0 and var at && at == length - join.Length, ByteVocabulary.Allows(grammar, text));
                }
            }
        }
    }

    [Fact]
    public void An_answer_is_text_and_the_join_never_half_a_character()
    {
        var options = new InfillOptions { Suffix = "é🙂!", JoinLength = 2 };
        Assert.Equal("é🙂", options.Join());
        Assert.Equal("é", (options with { JoinLength = 1 }).Join());
        var grammar = options.CompileGrammar(ByteVocabulary.Instance);
        Assert.True(ByteVocabulary.Allows(grammar, "ü é🙂"));
        Assert.False(ByteVocabulary.Allows(grammar, "ü é🙂!"));
        Assert.Equal(CompiledGrammar.Refused, grammar.Next(CompiledGrammar.First, 0xFF));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InfillOptions().Join());
    }
}
