using System.Text;
using System.Text.Json;
using Decant.Connectors.Text;
using Decant.Tests.Oracles;

namespace Decant.Tests.Connectors.Text;

/// <summary>Outside texts with the ids that the models' own tokenizers give them.</summary>
public class TokenizerVectorTests
{
    [SkippableTheory]
    [InlineData("gpt-2", "tokenizers/gpt2")]
    [InlineData("phi-3", "tokenizers/ort-ext/phi-3-mini")]
    [InlineData("falcon", "tokenizers/ort-ext/falcon-tokenizer")]
    public void Ids_match_the_vectors(string name, string folder) => Check(name, TextTokenizer.Load(TestData.Path(folder)));

    [SkippableFact]
    public void SentencePiece_ids_match_the_vectors() =>
        Check("llama-spm", GgufVocabulary.ReadTokenizer(TestData.Path("tokenizers/llama.cpp/ggml-vocab-llama-spm.gguf")));

    [SkippableFact]
    public void Stories_ids_match_the_reference()
    {
        var tokenizer = TextTokenizer.Load(TestData.Path("weights/stories260K-hf"));
        using var golden = JsonDocument.Parse(File.ReadAllText(TestData.Path("weights/stories260K/stories260K.golden.json")));
        foreach (var entry in golden.RootElement.GetProperty("encode").EnumerateArray())
        {
            var text = entry.GetProperty("text").GetString()!;
            var expected = entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            Assert.Equal(expected, tokenizer.Encode(text));
            Assert.Equal(text, tokenizer.Decode(expected));
        }
    }

    private static void Check(string name, TextTokenizer tokenizer)
    {
        var inputs = File.ReadAllText(TestData.Path($"tokenizers/llama.cpp/ggml-vocab-{name}.gguf.inp")).Split("\n__ggml_vocab_test__\n");
        var outputs = File.ReadAllText(TestData.Path($"tokenizers/llama.cpp/ggml-vocab-{name}.gguf.out")).Split('\n');
        Assert.Equal(47, inputs.Length);
        var failures = new StringBuilder();
        for (var i = 0; i < inputs.Length; i++)
        {
            var expected = outputs[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
            var actual = tokenizer.Encode(inputs[i], addSpecialTokens: false, parseSpecialTokens: false);
            if (!expected.SequenceEqual(actual)) failures.AppendLine($"{i}: {JsonSerializer.Serialize(inputs[i])}\n  expected {string.Join(' ', expected)}\n  actual   {string.Join(' ', actual)}");
            var bytes = actual.SelectMany(id => tokenizer.Bytes(id).ToArray()).ToArray();
            var text = Encoding.UTF8.GetBytes((tokenizer.StripsLeadingSpace && inputs[i].Length > 0 ? " " : "") + inputs[i]);
            if (!bytes.SequenceEqual(text)) failures.AppendLine($"{i}: bytes differ: {Encoding.UTF8.GetString(bytes)}");
            if (tokenizer.Decode(actual) != inputs[i]) failures.AppendLine($"{i}: does not round-trip");
        }

        Assert.True(failures.Length == 0, failures.ToString());
    }
}
