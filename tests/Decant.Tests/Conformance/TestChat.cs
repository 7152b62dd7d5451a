using System.Text;
using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;

namespace Decant.Tests.Conformance;

/// <summary>A byte-level tokenizer, a chat template and models over them: all that a client needs, without a checkpoint.</summary>
internal static class TestChat
{
    private const string Source = "{% if enable_thinking is defined %}<|system|>thinking: {{ enable_thinking }}<|end|>{% endif %}{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}";
    private static readonly string[] _specials = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>", "<|tool|>", "<|tool_call|>"];
    private static readonly string[] _reasoning = ["<think>", "</think>"];
    private static readonly Lazy<(TextTokenizer Tokenizer, ChatTemplate Template)> _parts = new(Load);

    public static TextTokenizer Tokenizer => _parts.Value.Tokenizer;

    public static ChatTemplate ChatTemplate => _parts.Value.Template;

    private static int End => Tokenizer.Find("<|end|>")!.Value;

    private static int Assistant => Tokenizer.Find("<|assistant|>")!.Value;

    public static LocalChatClient Client(ICausalModel model, LocalChatClientOptions? options = null) => new(model, Tokenizer, ChatTemplate, options);

    /// <summary>A client whose template reads tools and teaches calls as <paramref name="mark"/> says: the beginning of a family's.</summary>
    public static LocalChatClient ToolClient(ICausalModel model, string mark)
        => new(model, Tokenizer, ChatTemplate.Parse($"{{% if tools %}}<|system|>{{{{ tools | tojson }}}}<|end|>{{% endif %}}{Source}{{# {mark} #}}"));

    /// <summary>A model that babbles lower-case letters, differently after every prefix, and ends a turn after some twenty of them.</summary>
    public static PrefixModel Babbler(int contextLength = 4096, ModelCapabilities capabilities = ModelCapabilities.Fork)
        => new(Tokenizer.Count, Babble, contextLength, capabilities);

    /// <summary>A model that answers everything with <paramref name="text"/>, one byte or special token at a time.</summary>
    public static PrefixModel Scripted(string text, int contextLength = 4096)
    {
        int[] script = [.. Encode(text), End];
        return new PrefixModel(Tokenizer.Count, tokens =>
        {
            var said = tokens.Count - 1 - LastIndex(tokens, Assistant);
            var logits = new float[Tokenizer.Count];
            logits[script[Math.Min(said, script.Length - 1)]] = 100;
            return logits;
        }, contextLength);
    }

    /// <summary>The tokens of <paramref name="text"/>, special ones included.</summary>
    public static int[] Encode(string text) => [.. Tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: true)];

    /// <summary>The token of one byte.</summary>
    public static int ByteToken(byte value) => Tokenizer.Find(ByteSymbol(value))!.Value;

    private static float[] Babble(IReadOnlyList<int> tokens)
    {
        var hash = tokens.Aggregate(17UL, (sum, token) => (sum ^ (ulong)token) * 0x9E3779B97F4A7C15 + 0x1234567);
        var random = new Random((int)(hash >> 33));
        var logits = new float[Tokenizer.Count];
        Array.Fill(logits, -100);
        for (var letter = 'a'; letter <= 'z'; letter++) logits[Tokenizer.Find(letter.ToString())!.Value] = 3 * random.NextSingle();

        // Where only other characters are allowed, they are as likely as each other; but it does not think, for its thoughts would not end.
        (logits[ByteToken((byte)'<')], logits[Tokenizer.Find("<think>")!.Value]) = (-1000, -2000);
        if (tokens[^1] == ByteToken((byte)'t') && tokens[^2] == ByteToken((byte)'<')) logits[ByteToken((byte)'h')] = -1000;
        logits[End] = tokens.Count - 1 - LastIndex(tokens, Assistant) < 2 ? -100 : 1.5f;
        return logits;
    }

    private static int LastIndex(IReadOnlyList<int> tokens, int wanted)
    {
        var index = tokens.Count - 1;
        while (index >= 0 && tokens[index] != wanted) index--;
        return index;
    }

    private static (TextTokenizer, ChatTemplate) Load()
    {
        var folder = Directory.CreateTempSubdirectory("decant").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(TokenizerJson()));
            File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), JsonSerializer.Serialize(new { eos_token = "<|end|>", chat_template = Source }));
            return (TextTokenizer.Load(folder), ChatTemplate.Load(folder)!);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static object TokenizerJson() => new
    {
        version = "1.0",
        added_tokens = _specials.Concat(_reasoning).Select((content, index) => new
        {
            id = 256 + index,
            content,
            single_word = false,
            lstrip = false,
            rstrip = false,
            normalized = false,
            special = index < _specials.Length,
        }),
        normalizer = (object?)null,
        pre_tokenizer = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
        post_processor = (object?)null,
        decoder = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true },
        model = new { type = "BPE", vocab = Enumerable.Range(0, 256).ToDictionary(ByteSymbol), merges = Array.Empty<string>() },
    };

    // GPT-2 writes each byte as a printable character: itself, or one from U+0100 on, in order.
    private static string ByteSymbol(int value)
    {
        static bool Printable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        var symbol = Printable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Printable(b));
        return new Rune(symbol).ToString();
    }
}
