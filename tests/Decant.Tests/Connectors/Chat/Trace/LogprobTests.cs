using System.Text;
using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Log-probabilities in responses: whose they are, in which shape, and with which text.</summary>
public class LogprobTests
{
    private const string Text = "Hello, wörld 😀! ";

    public static TheoryData<string, AdditionalPropertiesDictionary> Requests => new()
    {
        { "typed", new() { ["decoding"] = new DecodingOptions { Logprobs = new() { Top = 2 } } } },
        { "OpenAI's names", new() { ["logprobs"] = true, ["top_logprobs"] = 2 } },
        { "as text", new() { ["logprobs"] = "True", ["top_logprobs"] = "2" } },
        { "as JSON", new() { ["logprobs"] = JsonElement.Parse("true"), ["top_logprobs"] = JsonElement.Parse("2") } },
        { "top alone", new() { ["top_logprobs"] = 2L } },
        { "both: decoding counts", new() { ["decoding"] = new DecodingOptions { Logprobs = new() { Top = 2 } }, ["top_logprobs"] = 9 } },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task They_can_be_asked_for_in_several_ways(string name, AdditionalPropertiesDictionary properties)
    {
        using var client = TestChat.Client(TestChat.Scripted(Text));
        var logprobs = (await client.GetResponseAsync("Hi", new ChatOptions { AdditionalProperties = properties })).GetLogprobs();
        Assert.Equal(Text, Said(logprobs));
        Assert.All(logprobs, token => Assert.Equal(2, token.Top.Count));
        Assert.True(name.Length > 0);
    }

    [Fact]
    public async Task They_are_the_models_own_numbers()
    {
        using var client = TestChat.Client(TestChat.Scripted("Hi"));
        var token = (await client.GetResponseAsync("Hi", Wanted(3))).GetLogprobs()[0];
        // One logit is 100, the others are 0.
        var rest = TestChat.Tokenizer.Count - 1;
        Assert.Equal(-Math.Log(1 + (rest * Math.Exp(-100))), token.LogProbability, 1e-6);
        Assert.Equal(("H", TestChat.ByteToken((byte)'H')), (token.Token, token.Id));
        Assert.Equal("H", token.Top[0].Token);
        Assert.Equal(-100, token.Top[1].LogProbability, 1e-4);
        Assert.Empty(token.Top[0].Top);
    }

    [Fact]
    public async Task The_stage_is_the_one_asked_for()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        async Task<List<TokenLogprob>> Ask(LogprobStage stage) => [.. (await client.GetResponseAsync("Hi", new ChatOptions { Seed = 1, Temperature = 0.5f, TopK = 3, PresencePenalty = 2 }
            .WithDecoding(d => d.Logprobs(30, stage)))).GetLogprobs()];
        var (raw, processed, drawn) = (await Ask(LogprobStage.Raw), await Ask(LogprobStage.Processed), await Ask(LogprobStage.Drawn));
        Assert.Equal(raw.Select(token => token.Id), drawn.Select(token => token.Id));
        // No letter has been said before the first token, so that nothing is penalised yet.
        Assert.Equal(raw[0].LogProbability, processed[0].LogProbability);
        Assert.NotEqual(raw[^1].LogProbability, processed[^1].LogProbability);
        Assert.All(drawn, token => Assert.Equal(3, token.Top.Count));
        Assert.All(drawn, token => Assert.Equal(1, token.Top.Sum(each => Math.Exp(each.LogProbability)), 1e-5));
        var (a, b) = (drawn[0].Top, raw[0].Top);
        Assert.Equal(2 * (b[0].LogProbability - b[2].LogProbability), a[0].LogProbability - a[2].LogProbability, 1e-4);
    }

    [Fact]
    public async Task Streamed_ones_come_with_the_text_they_begin_in()
    {
        using var client = TestChat.Client(TestChat.Scripted(Text));
        var updates = await client.GetStreamingResponseAsync("Hi", Wanted(0)).ToListAsync();
        Assert.Equal(Text, Said(updates.SelectMany(update => update.GetLogprobs())));
        foreach (var update in updates.Where(update => update.Text.Length > 0)) Assert.Equal(update.Text, Said(update.GetLogprobs()));
        Assert.Equal(updates.SelectMany(update => update.GetLogprobs()).Select(token => token.Id), updates.ToChatResponse().GetLogprobs().Select(token => token.Id));
    }

    [Theory]
    [InlineData("wörld", "Hello, ")]
    [InlineData("\u00f6", "Hello, w")]
    [InlineData("!", "Hello, wörld 😀")]
    public async Task What_a_stop_sequence_cut_off_has_none(string stop, string text)
    {
        using var client = TestChat.Client(TestChat.Scripted(Text));
        var options = Wanted(0);
        options.StopSequences = [stop];
        var response = await client.GetResponseAsync("Hi", options);
        Assert.Equal(text, response.Text);
        Assert.Equal(text, Said(response.GetLogprobs()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(ReasoningOutput.None)]
    public async Task Reasoning_is_not_among_them(ReasoningOutput? output)
    {
        using var client = TestChat.Client(TestChat.Scripted("<think>\nlet me see\n</think>\n\nyes"));
        var options = Wanted(0);
        options.Reasoning = new ReasoningOptions { Output = output };
        Assert.Equal("yes", Said((await client.GetResponseAsync("Hi", options)).GetLogprobs()));
    }

    [Fact]
    public async Task A_cut_character_has_its_tokens()
    {
        using var client = TestChat.Client(TestChat.Scripted("é😀"));
        var options = Wanted(0);
        options.MaxOutputTokens = 4;
        var logprobs = (await client.GetResponseAsync("Hi", options)).GetLogprobs();
        Assert.Equal(["\\xC3", "\\xA9", "\\xF0", "\\x9F"], logprobs.Select(token => token.Token));
    }

    [Fact]
    public async Task Nobody_gets_what_nobody_asked_for()
    {
        using var client = TestChat.Client(TestChat.Scripted(Text), new LocalChatClientOptions { DefaultDecoding = new() { Logprobs = new() { Top = 1 } } });
        Assert.Single((await client.GetResponseAsync("Hi")).GetLogprobs()[0].Top);
        Assert.Empty((await client.GetResponseAsync("Hi", new ChatOptions { AdditionalProperties = new() { ["logprobs"] = false } })).GetLogprobs());
    }

    [Theory]
    [InlineData("logprobs", "maybe")]
    [InlineData("top_logprobs", "many")]
    [InlineData("top_logprobs", 101)]
    public async Task What_cannot_be_read_is_named(string key, object value)
    {
        using var client = TestChat.Client(TestChat.Scripted(Text));
        var exception = await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("Hi", new ChatOptions { AdditionalProperties = new() { [key] = value } }));
        Assert.Contains(key == "logprobs" ? "logprobs" : "op", exception.Message);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => client.GetResponseAsync("Hi", new ChatOptions { AdditionalProperties = new() { ["logprobs"] = false, ["top_logprobs"] = 3 } }));
    }

    [Fact]
    public async Task They_survive_a_response_cache_and_semantic_kernel()
    {
        using var client = TestChat.Client(TestChat.Scripted(Text));
        using var cached = new ChatClientBuilder(client).UseDistributedCache(new DictionaryCache()).Build();
        var options = Wanted(1);
        options.Seed = 1;
        options.WithDecoding(new DecodingOptions { Logprobs = new() { Top = 1 }, Trace = true });
        var (first, second) = (await cached.GetResponseAsync("Hi", options), await cached.GetResponseAsync("Hi", options));
        Assert.IsType<JsonElement>(second.Messages[^1].AdditionalProperties!["trace"]);
        Assert.Equal(Said(first.GetLogprobs()), Said(second.GetLogprobs()));
        Assert.Equal(first.GetLogprobs().Select(token => token.Top[0].LogProbability), second.GetLogprobs().Select(token => token.Top[0].LogProbability));
        Assert.Equal(first.GetTrace(), second.GetTrace());

        var content = await client.AsChatCompletionService().GetChatMessageContentAsync("Hi", new Microsoft.SemanticKernel.PromptExecutionSettings
        {
            ExtensionData = new Dictionary<string, object> { ["logprobs"] = true },
        });
        Assert.Equal(Text, Said((IReadOnlyList<TokenLogprob>)content.Metadata!["logprobs"]!));
    }

    private static ChatOptions Wanted(int top) => new ChatOptions().WithDecoding(d => d.Logprobs(top));

    private static string Said(IEnumerable<TokenLogprob> logprobs) => Encoding.UTF8.GetString([.. logprobs.SelectMany(token => token.Bytes).Select(value => (byte)value)]);
}
