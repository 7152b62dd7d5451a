using System.Text.Encodings.Web;
using System.Text.Json;

namespace Decant.Connectors.Training;

/// <summary>A tokenizer that <see cref="BpeTrainer"/> has learned.</summary>
public sealed class TrainedTokenizer
{
    // Tokens are spelt in GPT-2's alphabet for bytes; escapes would make the file unreadable and mean the same.
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly BpeTrainerOptions _options;

    internal TrainedTokenizer(IReadOnlyList<string> tokens, IReadOnlyList<(string, string)> merges, BpeTrainerOptions options)
        => (Tokens, Merges, _options) = (tokens, merges, options);

    /// <summary>Every token, by id. Special tokens and marks are spelt as they are, the others in GPT-2's printable alphabet for bytes.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>The merges, in the order they were learned.</summary>
    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    /// <summary>Writes tokenizer.json and tokenizer_config.json in Hugging Face's format.</summary>
    /// <param name="folder">Existing or not.</param>
    /// <param name="endToken">The token that ends a turn or a text; one of the special tokens.</param>
    /// <exception cref="ArgumentException"><paramref name="endToken"/> is not a special token.</exception>
    public void Save(string folder, string endToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!_options.SpecialTokens.Contains(endToken))
            throw new ArgumentException($"'{endToken}' is not one of the special tokens {string.Join(", ", _options.SpecialTokens)}.", nameof(endToken));
        Directory.CreateDirectory(folder);
        var added = _options.SpecialTokens.Concat(_options.Marks).Select((content, id) => new
        {
            id, content, single_word = false, lstrip = false, rstrip = false, normalized = false, special = id < _options.SpecialTokens.Count,
        });
        Write(Path.Combine(folder, "tokenizer.json"), new
        {
            version = "1.0",
            added_tokens = added,
            normalizer = (object?)null,
            pre_tokenizer = new
            {
                type = "Sequence",
                pretokenizers = new object[]
                {
                    new { type = "Split", pattern = new { Regex = _options.Pattern }, behavior = "Isolated", invert = false },
                    new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = false },
                },
            },
            post_processor = (object?)null,
            decoder = new { type = "ByteLevel", add_prefix_space = true, trim_offsets = true, use_regex = true },
            model = new
            {
                type = "BPE",
                dropout = (object?)null,
                unk_token = (object?)null,
                continuing_subword_prefix = (object?)null,
                end_of_word_suffix = (object?)null,
                fuse_unk = false,
                byte_fallback = false,
                ignore_merges = false,
                vocab = Tokens.Select((token, id) => (token, id)).ToDictionary(entry => entry.token, entry => entry.id),
                merges = Merges.Select(merge => new[] { merge.Left, merge.Right }),
            },
        });
        Write(Path.Combine(folder, "tokenizer_config.json"), new { tokenizer_class = "PreTrainedTokenizerFast", eos_token = endToken, clean_up_tokenization_spaces = false });
    }

    private static void Write(string path, object value) => File.WriteAllText(path, JsonSerializer.Serialize(value, _json));
}
