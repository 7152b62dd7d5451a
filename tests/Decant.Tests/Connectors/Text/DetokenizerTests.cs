using System.Text;
using System.Text.Json;
using Decant.Connectors.Text;

namespace Decant.Tests.Connectors.Text;

/// <summary>Streams of tokens as text, and the tokenizers' promises beyond the vectors.</summary>
public class DetokenizerTests
{
    private static readonly string[] _texts =
    [
        "Hello world", "  leading and trailing  ", "naïve café — déjà vu", "日本語のテキスト", "emoji 👩‍👩‍👧‍👦 and 🏳️‍🌈 and 🇩🇪🇫🇷 end", "e\u0301 combining", "\0\u0001 control\r\n\ttabs",
        "mixed العربية עברית हिन्दी ไทย", "𝒜𝓈𝓉𝓇𝒶𝓁 ℕ𝟙𝟚𝟛", "",
    ];

    [SkippableTheory]
    [InlineData("tokenizers/gpt2")]
    [InlineData("tokenizers/ort-ext/phi-3-mini")]
    [InlineData("tokenizers/ort-ext/falcon-tokenizer")]
    [InlineData("tokenizers/ort-ext/phi-2")]
    [InlineData("tokenizers/ort-ext/roberta-base")]
    [InlineData("weights/stories260K-hf")]
    public void Every_text_comes_back_whole_and_in_whole_characters(string folder)
    {
        var tokenizer = TextTokenizer.Load(TestData.Path(folder));
        foreach (var text in _texts)
        {
            var ids = tokenizer.Encode(text, addSpecialTokens: false);
            Assert.Equal(text, tokenizer.Decode(ids));

            var detokenizer = new IncrementalDetokenizer(tokenizer);
            var pieces = ids.Select(detokenizer.Append).ToList();
            pieces.Add(detokenizer.Flush());
            Assert.Equal(text, string.Concat(pieces));
            Assert.All(pieces, piece => Assert.DoesNotContain('\uFFFD', piece));
            Assert.All(pieces, piece => Assert.False(piece.Length > 0 && (char.IsLowSurrogate(piece[0]) || char.IsHighSurrogate(piece[^1]) || piece[0] == '\u200D' || piece[^1] == '\u200D')));
        }
    }

    [SkippableFact]
    public void Plain_text_is_not_held_back()
    {
        var tokenizer = TextTokenizer.Load(TestData.Path("tokenizers/gpt2"));
        var detokenizer = new IncrementalDetokenizer(tokenizer);
        foreach (var id in tokenizer.Encode("one two three")) Assert.NotEqual("", detokenizer.Append(id));
    }

    [SkippableFact]
    public void Bytes_that_never_become_text_are_replaced()
    {
        var tokenizer = TextTokenizer.Load(TestData.Path("tokenizers/ort-ext/phi-3-mini"));
        var detokenizer = new IncrementalDetokenizer(tokenizer);
        Assert.Equal("", detokenizer.Append(tokenizer.Find("<0xE6>")!.Value));
        Assert.Equal("\uFFFDa", detokenizer.Append(tokenizer.Find("a")!.Value) + detokenizer.Flush());
    }

    [SkippableFact]
    public void Control_tokens_in_text_are_text_when_asked()
    {
        var tokenizer = TextTokenizer.Load(TestData.Path("tokenizers/ort-ext/phi-3-mini"));
        var id = tokenizer.Find("<|end|>")!.Value;
        Assert.Contains(id, tokenizer.Encode("Hi<|end|>"));
        Assert.DoesNotContain(id, tokenizer.Encode("Hi<|end|>", parseSpecialTokens: false));
        Assert.Equal("Hi<|end|>", tokenizer.Decode(tokenizer.Encode("Hi<|end|>", false, parseSpecialTokens: false)));
        Assert.Contains(id, tokenizer.EndOfTurn);
    }

    [SkippableTheory]
    [InlineData("tokenizer.model.v1")]
    [InlineData("mistral_instruct_tokenizer_240323.model.v3")]
    public void SentencePiece_models_load_and_round_trip(string file)
    {
        var tokenizer = TextTokenizer.LoadFile(TestData.Path($"tokenizers/mistral/{file}"));
        foreach (var text in _texts.Where(text => !text.Contains('\0'))) Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.Equal(tokenizer.BeginOfTextId, tokenizer.Encode("Hello")[0]);
        Assert.Contains(tokenizer.Find("</s>")!.Value, tokenizer.EndOfTurn);
    }

    [SkippableFact]
    public void SentencePiece_models_say_themselves_what_is_a_control_piece()
    {
        var first = TextTokenizer.LoadFile(TestData.Path("tokenizers/mistral/tokenizer.model.v1"));
        Assert.Equal(["</s>", "<s>", "<unk>"], first.SpecialTokens.Order(StringComparer.Ordinal));
        var third = TextTokenizer.LoadFile(TestData.Path("tokenizers/mistral/mistral_instruct_tokenizer_240323.model.v3"));
        Assert.Equal(751, third.SpecialTokens.Count);
        Assert.Equal(20, third.PlainAddedTokens.Count());

        // A control piece that is spelt like none, and a piece that its users defined: found in any text, and part of it.
        var control = third.Find("[control_557]")!.Value;
        Assert.True(third.IsSpecial(control));
        Assert.Contains(control, third.Encode("a [control_557]"));
        Assert.DoesNotContain(control, third.Encode("a [control_557]", parseSpecialTokens: false));
        var defined = third.Find("[REFERENCE_DOC_3]")!.Value;
        Assert.False(third.IsSpecial(defined));
        Assert.Contains(defined, third.Encode("see [REFERENCE_DOC_3]", parseSpecialTokens: false));
        Assert.Equal("see [REFERENCE_DOC_3]", third.Decode(third.Encode("see [REFERENCE_DOC_3]")));
    }

    [SkippableFact]
    public void A_megabyte_word_is_not_quadratic()
    {
        var tokenizer = TextTokenizer.Load(TestData.Path("tokenizers/ort-ext/phi-3-mini"));
        var word = string.Concat(Enumerable.Range(0, 1 << 20).Select(i => (char)('a' + i * 7 % 26)));
        Assert.Equal(word, tokenizer.Decode(tokenizer.Encode(word)));
    }

    [Fact]
    public void Unigram_takes_the_best_segmentation_and_wordpiece_the_longest_pieces()
    {
        var unigram = Load("""
            {"pre_tokenizer":{"type":"Metaspace"},"decoder":{"type":"Metaspace"},
             "model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["▁",-2],["a",-3],["b",-3],["ab",-4],["▁ab",-7.5],["abb",-9]]}}
            """);
        // ▁ + ab + b = -9 beats ▁ab + b = -10.5 and ▁ + abb = -11.
        Assert.Equal([1, 4, 3], unigram.Encode("abb"));
        Assert.Equal("abb", unigram.Decode([1, 4, 3]));

        var wordPiece = Load("""
            {"normalizer":{"type":"BertNormalizer"},"pre_tokenizer":{"type":"BertPreTokenizer"},"decoder":{"type":"WordPiece"},
             "model":{"type":"WordPiece","unk_token":"[UNK]","vocab":{"[UNK]":0,"un":1,"##aff":2,"##able":3,"!":4,"##a":5}}}
            """);
        Assert.Equal([1, 2, 3, 4, 0], wordPiece.Encode("UNAFFABLE! xyz"));
    }

    [Theory]
    [InlineData("""{"type":"BPEDecoder","suffix":"</w>"}""", "BPEDecoder")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"_"},"content":" "}]}""", "Replace")]
    public void Unknown_decoders_are_named(string decoder, string part) =>
        Assert.Contains(part, Assert.Throws<NotSupportedException>(() => Load($$$"""{"decoder":{{{decoder}}},"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}""")).Message);

    private static TextTokenizer Load(string json)
    {
        var folder = Directory.CreateTempSubdirectory("decant-test-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), json);
            return TextTokenizer.Load(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
