namespace Decant.Tests.Decoding.Search.Consensus;

public class FinalAnswerTests
{
    [Theory]
    [InlineData("3 and 4 make 7.", "7")]
    [InlineData("It is 1,200.50 in all", "1200.5")]
    [InlineData("It is 1200.5", "1200.5")]
    [InlineData("7.0", "7")]
    [InlineData("x = -5", "-5")]
    [InlineData("8-5", "5")]
    [InlineData("(3)-2", "2")]
    [InlineData("1,2345", "2345")]
    [InlineData("007", "7")]
    [InlineData("123456789012345678901234567890123", "123456789012345678901234567890123")]
    [InlineData("  \"Paris,\n France\".", "paris, france")]
    [InlineData("", "")]
    public void Without_a_pattern_it_is_the_last_number_or_the_whole_text(string text, string answer) => Assert.Equal(answer, FinalAnswer.Of(text));

    [Theory]
    [InlineData("The answer is (\\w+)", "The answer is A. No: the answer is B. The answer is C.", "c")]
    [InlineData("(?i)the answer is (\\w+)", "The answer is A. No: the answer is B.", "b")]
    [InlineData("= (.+)$", "1 + 1 = 2.0", "2")]
    [InlineData("= (.+)$", "There are 9 of them", "there are 9 of them")]
    public void A_pattern_says_where_it_stands(string pattern, string text, string answer) => Assert.Equal(answer, FinalAnswer.Of(text, FinalAnswer.Pattern(pattern)));

    [Theory]
    [InlineData("abc")]
    [InlineData("(a)(b)")]
    [InlineData("(a")]
    [InlineData("(?=a)(b)")]
    [InlineData("(a)\\1")]
    public void Other_patterns_are_none(string pattern) => Assert.Null(FinalAnswer.Pattern(pattern));
}
