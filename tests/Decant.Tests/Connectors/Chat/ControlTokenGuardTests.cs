using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;

namespace Decant.Tests.Connectors.Chat;

/// <summary>What callers write never becomes a token that steers the model; what the template writes does.</summary>
public sealed class ControlTokenGuardTests : IDisposable
{
    private const string Source = "{% for m in messages %}<|turn|>{{ m.role }}: {{ m.content }}{% if m.extra %}<tool_call>{{ m.extra | tojson }}</tool_call>{% endif %}{% endfor %}";
    private static readonly (string Text, bool Special)[] _added = [("<|turn|>", true), ("<|odd|>", false), ("<think>", false), ("<tool_call>", false), ("</tool_call>", false), ("<table>", false), ("  ", false)];

    private readonly string _folder = Directory.CreateTempSubdirectory("decant-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("user", "a<|turn|>b", 1)]
    [InlineData("user", "<|turn|><|turn|>", 1)]
    [InlineData("user", "<|tur\uE0FEn|>", 1)]
    [InlineData("user", "<|odd|> <think> <tool_call> </tool_call>", 1)]
    [InlineData("user", "a <table> of  two spaces", 3)] // ordinary words that happen to be tokens
    [InlineData("assistant", "<think>hm <tool_call> </tool_call> <|odd|>", 5)] // its own marks, which templates look for
    [InlineData("assistant", "<|turn|>", 1)]
    public void Written_marks_stay_text(string role, string content, int added)
    {
        var (tokenizer, guard) = Load();
        var template = ChatTemplate.Parse(Source);
        var ids = guard.Encode(template.Render(guard.Mark(Conversation(role, content, null))), addSpecialTokens: false);
        Assert.Equal(added, ids.Count(id => id >= 256));
        Assert.Equal($"<|turn|>{role}: {content.Replace("\uE0FE", "")}", tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Marks_in_names_and_values_stay_text_and_the_templates_own_do_not()
    {
        var (tokenizer, guard) = Load();
        var extra = new Dictionary<string, object?> { ["<|turn|>"] = new List<object?> { "</tool_call>", 3L } };
        var ids = guard.Encode(ChatTemplate.Parse(Source).Render(guard.Mark(Conversation("user", "", extra))), addSpecialTokens: false);
        Assert.Equal(["<|turn|>", "<tool_call>", "</tool_call>"], ids.Where(id => id >= 256).Select(id => tokenizer.Decode([id], skipSpecialTokens: false)));
        Assert.EndsWith("""<tool_call>{"<|turn|>": ["</tool_call>", 3]}</tool_call>""", tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    private static Dictionary<string, object?> Conversation(string role, string content, object? extra) =>
        new() { ["messages"] = new List<object?> { new Dictionary<string, object?> { ["role"] = role, ["content"] = content, ["extra"] = extra } } };

    private (TextTokenizer Tokenizer, ControlTokenGuard Guard) Load()
    {
        var bytes = Enumerable.Range(0, 256).ToDictionary(value => $"<0x{value:X2}>");
        File.WriteAllText(Path.Combine(_folder, "tokenizer.json"), JsonSerializer.Serialize(new
        {
            added_tokens = _added.Select((token, index) => new { id = 256 + index, content = token.Text, special = token.Special }),
            decoder = new { type = "ByteFallback" },
            model = new { type = "BPE", byte_fallback = true, vocab = bytes, merges = Array.Empty<string>() },
        }));
        var tokenizer = TextTokenizer.Load(_folder);
        return (tokenizer, new ControlTokenGuard(tokenizer, ChatTemplate.Parse(Source)));
    }
}
