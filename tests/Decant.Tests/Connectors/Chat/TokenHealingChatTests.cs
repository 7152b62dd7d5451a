using Decant.Connectors.Chat;
using Decant.Connectors.Embedded;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Decant.Decoding;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Token healing through the client, with a tokenizer that has both ":" and ": " and a prompt that ends in "Assistant:".</summary>
public class TokenHealingChatTests
{
    private static readonly TextTokenizer _tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));

    [Fact]
    public async Task The_answer_goes_on_after_the_prompts_bytes_without_repeating_them()
    {
        using var client = new LocalChatClient(Model(), _tokenizer, ChatTemplate.Plain);
        var plain = await client.GetResponseAsync("Hi", new ChatOptions().WithDecoding(d => d.Sample(new GreedyOptions())));
        var healed = await client.GetResponseAsync("Hi", new ChatOptions().WithDecoding(d => d.Sample(new GreedyOptions()).Constrain(new TokenHealingOptions())));
        Assert.Equal("b", plain.Text);
        Assert.Equal(" H", healed.Text);
        Assert.Equal(plain.Usage!.InputTokenCount - 1, healed.Usage!.InputTokenCount);
        Assert.Equal(3, healed.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Every_token_that_said_something_has_its_log_probability()
    {
        using var client = new LocalChatClient(Model(), _tokenizer, ChatTemplate.Plain);
        var healed = await client.GetResponseAsync("Hi", new ChatOptions().WithDecoding(d => d.Sample(new GreedyOptions()).Constrain(new TokenHealingOptions()).Logprobs(0)));
        Assert.Equal([": ", "H"], healed.GetLogprobs().Select(token => token.Token));
    }

    [Fact]
    public async Task A_prompt_that_a_chat_template_ends_is_refused()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var error = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("Hi", new ChatOptions().WithDecoding(d => d.Constrain(new TokenHealingOptions()))));
        Assert.Contains("token-healing", error.Message);
    }

    // After ":" it says something else than after ": ", and before either it would rather say "z".
    private static PrefixModel Model()
    {
        int Id(string text) => _tokenizer.Find(text)!.Value;
        var (colon, colonSpace, end) = (Id(":"), _tokenizer.Encode(": ", addSpecialTokens: false).Single(), _tokenizer.EndOfTurn[0]);
        return new PrefixModel(_tokenizer.Count, tokens =>
        {
            var logits = new float[_tokenizer.Count];
            if (tokens[^1] == colon) logits[Id("b")] = 10;
            else if (tokens[^1] == colonSpace) logits[Id("H")] = 10;
            else if (tokens[^1] == Id("b") || tokens[^1] == Id("H")) logits[end] = 10;
            else (logits[Id("z")], logits[colonSpace], logits[colon]) = (10, 5, 1);
            return logits;
        });
    }
}
