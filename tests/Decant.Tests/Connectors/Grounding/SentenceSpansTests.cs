using Decant.Connectors.Grounding;
using Decant.Connectors.Text;
using Decant.Connectors.Embedded;
using Decant.Tests.Conformance;

namespace Decant.Tests.Connectors.Grounding;

public class SentenceSpansTests
{
    [Theory]
    [InlineData("A. B? 3.5 C.", "A.|B?|3.5 C.")]
    [InlineData("  He said \"no!\" Then (so to say.) he left", "He said \"no!\"|Then (so to say.)|he left")]
    [InlineData("One line\nAnother... and more \n", "One line|Another...|and more")]
    [InlineData("はい。いいえ。", "はい。|いいえ。")]
    [InlineData("", "")]
    [InlineData(" \n", "")]
    public void Sentences_end_at_marks_before_white_space_and_at_line_breaks(string text, string expected)
        => Assert.Equal(expected, string.Join('|', TextUnits.Sentences(text).Select(span => text[span])));

    [Fact]
    public void Tokens_belong_to_the_sentence_of_their_first_visible_character()
    {
        const string text = "É a. Bé?  Cc.";
        var sentences = TextUnits.Sentences(text);
        var bytes = TestChat.Tokenizer.Encode(text);
        // É and é have two bytes; spaces belong to the sentence before them.
        Assert.Equal("000000111111222", string.Concat(SentenceSpans.Assign(TestChat.Tokenizer, bytes, text, sentences)));

        // This tokenizer's tokens carry the space behind them.
        const string facts = "The product of Patutex is silk. Patutex lies in Mizewick.";
        var tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var tokens = tokenizer.Encode(facts);
        var owners = SentenceSpans.Assign(tokenizer, tokens, facts, TextUnits.Sentences(facts));
        Assert.Equal("The product of Patutex is silk. ", tokenizer.Decode(tokens.Where((_, i) => owners[i] == 0).ToArray()));
    }
}
