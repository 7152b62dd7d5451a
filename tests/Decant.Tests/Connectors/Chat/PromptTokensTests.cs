using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Prompts that the caller makes, without a chat template.</summary>
public class PromptTokensTests
{
    [Fact]
    public async Task The_model_reads_the_tokens_as_they_stand()
    {
        using var model = TestChat.Babbler();
        using var client = TestChat.Client(model);
        var prompt = TestChat.Encode("once upon");
        var greedy = new ChatOptions { Temperature = 0, MaxOutputTokens = 6 };
        var (first, second) = (await Answer(client, "a", Raw(greedy, prompt)), await Answer(client, "another question", Raw(greedy, prompt)));
        Assert.Equal(prompt.Length, first.Usage!.InputTokenCount);
        Assert.Equal(first.Text, second.Text);
        Assert.NotEqual(first.Text, (await Answer(client, "a", Raw(greedy, TestChat.Encode("once upom")))).Text);
        Assert.NotEqual(first.Text, (await Answer(client, "once upon", greedy)).Text);
    }

    [Fact]
    public async Task Reasoning_marks_in_what_follows_are_text()
    {
        int[] said = [.. TestChat.Encode("<think>a</think>b")];
        using var client = TestChat.Client(new PrefixModel(TestChat.Tokenizer.Count, tokens =>
        {
            var logits = new float[TestChat.Tokenizer.Count];
            logits[said[Math.Min(tokens.Count - 1, said.Length - 1)]] = 100;
            return logits;
        }));
        var response = await Answer(client, "x", Raw(new ChatOptions { Temperature = 0, MaxOutputTokens = said.Length }, TestChat.Encode("x")));
        Assert.Equal(TestChat.Tokenizer.Decode(said), response.Text);
        Assert.DoesNotContain(response.Messages[0].Contents, content => content is TextReasoningContent);
    }

    public static TheoryData<string, ChatOptions> Refused => new()
    {
        { "ChatOptions.Instructions", new ChatOptions { Instructions = "Be brief." } },
        { "ChatOptions.Tools", new ChatOptions { Tools = [AIFunctionFactory.Create(() => 1, "one")] } },
        { "ChatOptions.Reasoning", new ChatOptions { Reasoning = new() { Effort = ReasoningEffort.Low } } },
        { "documents", new ChatOptions().WithDocuments([new ChatDocument("a")]) },
        { "deal", new ChatOptions().WithDecoding(new DealOptions { AlignmentPrompt = "Be brief.", Rewards = [new LengthRewardOptions { Min = 1, Max = 2 }] }) },
        { "AnswerPrefix or PromptTokens", new ChatOptions().WithDecoding(new ZeroThinkOptions()) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_only_a_template_could_say_is_refused_by_name(string name, ChatOptions options)
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var error = Assert.Throws<ArgumentException>(() => client.GetStreamingResponseAsync("x", Raw(options, [97])));
        Assert.Contains(name, error.Message);
    }

    [Fact]
    public async Task A_branch_with_another_prompt_is_refused()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var options = Raw(new ChatOptions().WithDecoding(new ContextAwareOptions { Context = ["a"] }), [97]);
        Assert.Contains("PromptTokens", (await Assert.ThrowsAsync<ArgumentException>(() => Answer(client, "a", options))).Message);
    }

    [Fact]
    public async Task Tokens_that_the_model_does_not_know_and_no_tokens_are_refused()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        Assert.Contains("PromptTokens", (await Assert.ThrowsAsync<ArgumentException>(() => Answer(client, "a", Raw(new(), [5000])))).Message);
        Assert.Contains("PromptTokens", (await Assert.ThrowsAsync<ArgumentException>(() => Answer(client, "a", Raw(new(), [-1])))).Message);
        Assert.Contains("PromptTokens", (await Assert.ThrowsAsync<ArgumentException>(() => Answer(client, "a", Raw(new(), [])))).Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_prompt_may_be_as_long_as_allowed_and_no_longer(bool raw)
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var length = raw ? 3 : TestChat.Encode("<|user|>abc<|end|><|assistant|>").Length;
        foreach (var (max, fits) in new[] { (length, true), (length - 1, false) })
        {
            var own = new LocalGenerationOptions { MaxInputTokens = max, PromptTokens = raw ? TestChat.Encode("abc") : null };
            var answer = Answer(client, "abc", new ChatOptions { MaxOutputTokens = 1, RawRepresentationFactory = _ => own });
            if (fits) Assert.Equal(length, (await answer).Usage!.InputTokenCount);
            else Assert.Contains($"at most {max}", (await Assert.ThrowsAsync<ArgumentException>(() => answer)).Message);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => client.GetStreamingResponseAsync("a", new ChatOptions { RawRepresentationFactory = _ => new LocalGenerationOptions { MaxInputTokens = 0 } }));
    }

    [Fact]
    public async Task OpenAIs_logit_bias_is_a_processor_beside_the_default_ones()
    {
        using var client = TestChat.Client(TestChat.Babbler(), new LocalChatClientOptions { DefaultDecoding = new() { Processors = [new NoRepeatNgramOptions { Size = 1 }] } });
        foreach (var bias in (object[])[new Dictionary<string, int> { ["113"] = 100 }, System.Text.Json.JsonDocument.Parse("""{"113":100}""").RootElement])
        {
            var response = await Answer(client, "x", new ChatOptions { Temperature = 0, MaxOutputTokens = 3, AdditionalProperties = new() { ["logit_bias"] = bias } });
            Assert.Equal(1, response.Text.Count(letter => letter == TestChat.Tokenizer.Decode([113])[0]));
        }

        var both = new ChatOptions { AdditionalProperties = new() { ["logit_bias"] = new Dictionary<int, int> { [1] = 1 } } }.WithDecoding(new LogitBiasOptions());
        Assert.Contains("logit_bias", Assert.Throws<ArgumentException>(() => client.GetStreamingResponseAsync("x", both)).Message);
    }

    private static ChatOptions Raw(ChatOptions options, int[] prompt)
    {
        var copy = options.Clone();
        copy.RawRepresentationFactory = _ => new LocalGenerationOptions { PromptTokens = prompt };
        return copy;
    }

    private static async Task<ChatResponse> Answer(IChatClient client, string question, ChatOptions options) => await client.GetResponseAsync(question, options);
}
