using System.Text;
using System.Text.RegularExpressions;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Tests.Conformance;

namespace Decant.Tests.Decoding.Constraints;

public class StructuralTagTests
{
    private const string List = "[12](,[12])*";

    // A list in brackets: tags whose content is tags.
    private static readonly StructuralTagOptions _list = new() { Tags = [new StructuralTag("1"), new StructuralTag(End: "2")], Separator = ",", AtLeastOne = true };
    private static readonly StructuralTagOptions _tagged = new() { Tags = [new StructuralTag("[", _list, "]")] };

    public static TheoryData<StructuralTagOptions, string> Grammars => new()
    {
        { _tagged, $@"[^\[]*(\[{List}\][^\[]*)*" },
        { _tagged with { AtLeastOne = true }, $@"[^\[]*(\[{List}\][^\[]*)+" },
        { _tagged with { MaxTags = 0 }, @"[^\[]*" },
        { _tagged with { MaxTags = 1 }, $@"[^\[]*(\[{List}\][^\[]*)?" },
        { _tagged with { AtLeastOne = true, MaxTags = 1 }, $@"[^\[]*\[{List}\][^\[]*" },
        { _tagged with { StopAfterFirst = true }, $@"[^\[]*(\[{List}\])?" },
        { _tagged with { StopAfterFirst = true, MaxTags = 0 }, @"[^\[]*" },
        { _tagged with { AtLeastOne = true, StopAfterFirst = true }, $@"[^\[]*\[{List}\]" },
        { _tagged with { Triggers = ["[", "x"] }, $@"[^\[x]*(\[{List}\][^\[x]*)*" },
        { _tagged with { Triggers = ["[", "]x"] }, $@"((?!\]x)[^\[])*(\[{List}\]((?!\]x)[^\[])*)*" },
        { _tagged with { Separator = "" }, $@"(\[{List}\])*" },
        { _tagged with { Separator = "x" }, $@"(\[{List}\](x\[{List}\])*)?" },
        { _tagged with { Separator = "x", MaxTags = 0 }, "" },
        { _tagged with { Separator = "x", StopAfterFirst = true, AtLeastOne = true }, $@"\[{List}\]" },
        { _tagged with { Separator = "", AtLeastOne = true, StopAfterFirst = true, Tags = [.. _tagged.Tags, new StructuralTag(Content: _list)] }, $@"{List}|\[{List}\]" },
    };

    [Theory]
    [MemberData(nameof(Grammars))]
    public void Every_short_text_is_accepted_exactly_when_the_expression_matches(StructuralTagOptions options, string expression)
    {
        const int longest = 6;
        var reference = new Regex($@"\A(?:{expression})\z", RegexOptions.Compiled);
        var (expected, actual) = (0, 0);
        void Visit(IConstraint? constraint, string text, int left)
        {
            var matches = reference.IsMatch(text);
            Assert.True(matches == (constraint?.Accepting == true), $"'{text}': {matches}");
            expected += matches ? 1 : 0;
            actual += constraint?.Accepting == true ? 1 : 0;
            if (left == 0) return;
            foreach (var character in "[]12,x")
            {
                var next = constraint?.Fork();
                var accepted = next?.TryAccept(TestChat.ByteToken((byte)character)) == true;

                // What was refused stays so, and that is soon seen.
                Visit(accepted ? next : null, text + character, accepted ? left - 1 : Math.Min(1, left - 1));
            }
        }

        Visit(Compile(options, TestChat.Tokenizer), "", longest);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void A_special_token_in_a_tag_is_that_token_and_no_spelling_of_it()
    {
        var options = new StructuralTagOptions { Tags = [new StructuralTag("<|tool|>[", _list, "]<|system|>")] };
        Assert.True(Accepts(options, [.. TestChat.Encode("a<|tool|>[1]<|system|>b")]));
        Assert.False(Accepts(options, [.. TestChat.Encode("a"), .. Bytes("<|tool|>[")]));
        Assert.False(Accepts(options, [.. TestChat.Encode("a<|tool|>[1]"), .. Bytes("<")]));
        Assert.False(Accepts(options, TestChat.Encode("a<|system|>")));
        Assert.True(Accepts(options, [.. Bytes("a<|tool|"), .. Bytes("]")]));
    }

    [Fact]
    public void Free_text_is_utf8()
    {
        Assert.True(Accepts(_tagged, Bytes("é😀")));
        Assert.False(Accepts(_tagged, [.. Bytes("é")[..1], .. Bytes("a")]));
    }

    [Fact]
    public void The_mask_is_what_the_tokens_themselves_say()
    {
        var tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var options = new StructuralTagOptions { Tags = [new StructuralTag("<tool_call>", _list, "</tool_call>"), new StructuralTag("the ", new CitationOptions { Passages = 2 }, "!")], MaxTags = 3 };
        var random = new Random(5);
        var tagged = 0;
        for (var walk = 0; walk < 20; walk++)
        {
            var constraint = Compile(options, tokenizer);
            var text = "";
            for (var step = 0; step < 25; step++)
            {
                var mask = new ulong[(tokenizer.Count >> 6) + 2];
                Array.Fill(mask, ulong.MaxValue);
                constraint.FillMask(mask);
                var allowed = Enumerable.Range(0, mask.Length * 64).Where(id => (mask[id >> 6] >> (id & 63) & 1) != 0).ToArray();
                Assert.Equal(Enumerable.Range(0, mask.Length * 64).Where(id => constraint.Fork().TryAccept(id)), allowed);

                // Triggers are rare among tokens.
                var marks = allowed.Where(id => !tokenizer.IsSpecial(id) && tokenizer.Bytes(id).IndexOfAny("<>"u8) >= 0).ToArray();
                var choice = marks.Length > 0 && random.Next(2) == 0 ? marks : [.. allowed.Where(id => !tokenizer.IsSpecial(id))];
                if (choice.Length == 0) break;
                var token = choice[random.Next(choice.Length)];
                Assert.True(constraint.TryAccept(token));
                text += Encoding.Latin1.GetString(tokenizer.Bytes(token));
            }

            tagged += text.Contains("</tool_call>") ? 1 : 0;
        }

        Assert.InRange(tagged, 3, 20);
    }

    [Fact]
    public void What_the_call_says_reaches_constraints_inside()
    {
        var options = new StructuralTagOptions { Tags = [new StructuralTag("[", new CitationOptions(), "")] };
        var context = new PlanContext { Vocabulary = TestChat.Tokenizer };
        Assert.Contains("citations", Assert.Throws<ArgumentException>(() => options.Compile(context)).Message);
        var constraint = options.Compile(context with { DocumentScores = [1, 1] });
        foreach (var token in TestChat.Encode("[Yes. [2")) Assert.True(constraint.TryAccept(token));
        Assert.False(constraint.TryAccept(TestChat.ByteToken((byte)'3')));
    }

    private static bool Accepts(StructuralTagOptions options, int[] tokens)
    {
        var constraint = Compile(options, TestChat.Tokenizer);
        return tokens.All(constraint.TryAccept) && constraint.Accepting;
    }

    private static int[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(TestChat.ByteToken)];

    private static IConstraint Compile(StructuralTagOptions options, ITokenVocabulary vocabulary) => options.Compile(new PlanContext { Vocabulary = vocabulary });
}
