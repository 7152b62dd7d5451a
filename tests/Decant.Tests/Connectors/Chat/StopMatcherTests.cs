using Decant.Connectors.Chat;

namespace Decant.Tests.Connectors.Chat;

public class StopMatcherTests
{
    [Theory]
    [InlineData("one two END three", "one two ", "END")]
    [InlineData("aaab", "a", "aab")]
    [InlineData("xabcy", "x", "abc", "bc")]
    [InlineData("xabcy", "xa", "abcd", "bc")]
    [InlineData("abab", "", "ab", "abab")]
    [InlineData("no stop here", "no stop here", "stop!")]
    [InlineData("ends with EN", "ends with EN", "END")]
    [InlineData("smile 😀😁 here", "smile ", "😀😁")]
    public void The_text_ends_before_the_first_stop_at_every_split(string text, string expected, params string[] stops)
    {
        for (var first = 0; first <= text.Length; first++)
        {
            for (var second = first; second <= text.Length; second++)
            {
                var matcher = new StopMatcher(stops);
                var answer = matcher.Append(text[..first]) + matcher.Append(text[first..second]) + matcher.Append(text[second..]);
                Assert.Equal(expected, answer + matcher.Flush());
                Assert.Equal(expected.Length < text.Length, matcher.Stopped);
            }
        }
    }

    [Fact]
    public void Only_what_may_become_a_stop_is_held_back()
    {
        var matcher = new StopMatcher(["\n\n"]);
        Assert.Equal("line", matcher.Append("line"));
        Assert.Equal("", matcher.Append("\n"));
        Assert.Equal("\nnext", matcher.Append("next"));
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void Nothing_follows_a_stop()
    {
        var matcher = new StopMatcher(["."]);
        Assert.Equal("a", matcher.Append("a.b"));
        Assert.Equal("", matcher.Append("c"));
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void Random_texts_agree_with_a_search_of_the_whole()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var text = Letters(random, 12);
            string[] stops = [Letters(random, 3), Letters(random, 2)];
            var matcher = new StopMatcher(stops);
            var answer = string.Concat(text.Select(letter => matcher.Append(letter.ToString()))) + matcher.Flush();
            Assert.Equal(CutWhole(text, stops), answer);
        }
    }

    private static string Letters(Random random, int count) => new([.. Enumerable.Range(0, count).Select(_ => "ab"[random.Next(2)])]);

    private static string CutWhole(string text, string[] stops)
    {
        for (var end = 1; end <= text.Length; end++)
        {
            var ending = stops.Where(text[..end].EndsWith).MaxBy(stop => stop.Length);
            if (ending is not null) return text[..(end - ending.Length)];
        }

        return text;
    }
}
