using System.Globalization;
using System.Text;
using Decant.Connectors.Text;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Text;

/// <summary>Streams are cut only where a reader sees the end of a character, however the tokens cut the bytes.</summary>
public class GraphemeTests
{
    private static readonly string[] _texts =
    [
        "plain ASCII text", "e\u0301 a\u0308\u0304 combining", "\u0939\u093F\u0928\u094D\u0926\u0940 \u0BA8\u0BBF \u0E01\u0E33", "\u1112\u1161\u11ABa\u1100\u1161", "1\uFE0F\u20E3 #\uFE0F\u20E3",
        "\U0001F469\u200D\U0001F469\u200D\U0001F467 \U0001F44D\U0001F3FD \U0001F3F3\uFE0F\u200D\U0001F308", "\U0001F1E9\U0001F1EA\U0001F1EB\U0001F1F7\U0001F1E9", "a\r\nb\n\r\tc", " \u0301alone",
    ];

    public static IEnumerable<object[]> Texts => _texts.Select(text => new object[] { text });

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_cut_of_the_bytes_gives_whole_graphemes(string text)
    {
        var boundaries = StringInfo.ParseCombiningCharacters(text).Append(text.Length).ToHashSet();
        var ids = Encoding.UTF8.GetBytes(text).Select(value => TestChat.ByteToken(value)).ToArray();
        var detokenizer = new IncrementalDetokenizer(TestChat.Tokenizer);
        var shown = "";
        foreach (var id in ids)
        {
            shown += detokenizer.Append(id);
            Assert.Contains(shown.Length, boundaries);
            Assert.StartsWith(shown, text, StringComparison.Ordinal);
        }

        Assert.Equal(text, shown + detokenizer.Flush());
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_cut_of_the_text_into_three_gives_whole_graphemes(string text)
    {
        var boundaries = StringInfo.ParseCombiningCharacters(text).Append(text.Length).ToHashSet();
        int[] cuts = [.. Enumerable.Range(0, text.Length + 1).Where(at => at == text.Length || !char.IsLowSurrogate(text[at]))];
        foreach (var first in cuts)
        {
            foreach (var second in cuts.Where(cut => cut >= first))
            {
                var buffer = new GraphemeBuffer();
                var shown = "";
                foreach (var piece in (string[])[text[..first], text[first..second], text[second..]])
                {
                    shown += buffer.Append(piece);
                    Assert.Contains(shown.Length, boundaries);
                }

                Assert.Equal(text, shown + buffer.Flush());
            }
        }
    }

    [Fact]
    public void One_character_waits_and_none_at_the_end_of_a_line()
    {
        var buffer = new GraphemeBuffer();
        Assert.Equal(["Hell", "o wor", "ld\n", "", "!\r\n"], new[] { "Hello", " worl", "d\n", "!", "\r\n" }.Select(buffer.Append));
        Assert.Equal("", buffer.Flush());
    }

    [Fact]
    public void Endless_marks_do_not_stop_the_stream()
    {
        var buffer = new GraphemeBuffer();
        var shown = string.Concat(Enumerable.Repeat("\u0301", 1000).Select(buffer.Append));
        Assert.InRange(shown.Length, 800, 1000);
    }

    [Fact]
    public async Task A_stop_string_ends_the_answer_with_its_own_last_token()
    {
        using var client = TestChat.Client(TestChat.Scripted("one two three"));
        var response = await client.GetResponseAsync("Hi", new ChatOptions { StopSequences = ["two"] });
        Assert.Equal("one ", response.Text);
        Assert.Equal("one two".Length, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task Updates_of_an_answer_are_whole_graphemes()
    {
        const string Text = "<think>e\u0301</think>a\u0308 \U0001F469\u200D\U0001F467!";
        using var client = TestChat.Client(TestChat.Scripted(Text));
        var contents = new List<AIContent>();
        await foreach (var update in client.GetStreamingResponseAsync("Hi", new ChatOptions { StopSequences = ["!!"] }))
            contents.AddRange(update.Contents);
        Assert.Equal(["e\u0301"], contents.OfType<TextReasoningContent>().Select(content => content.Text));
        Assert.Equal(["a\u0308", " ", "\U0001F469\u200D\U0001F467!"], contents.OfType<TextContent>().Select(content => content.Text));
    }
}
