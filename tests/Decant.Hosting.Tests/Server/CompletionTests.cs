using Decant.Connectors.Chat;
using Decant.Connectors.Text;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Hosting.Server;

/// <summary>Plain completions: texts that the model continues as they stand.</summary>
public sealed class CompletionTests : IAsyncLifetime
{
    private const string Prompt = "Savisha lives in";

    private ServerHost _host = null!;

    public async Task InitializeAsync() => _host = await ServerHost.StartAsync(ServerHost.Tiny);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static TextTokenizer Tokenizer => ((IChatClient)ServerHost.Tiny).GetService<TextTokenizer>()!;

    [Fact]
    public async Task A_prompt_is_continued_whatever_form_it_comes_in()
    {
        var tokens = Tokenizer.Encode(Prompt);
        var own = new LocalGenerationOptions { PromptTokens = tokens };
        var expected = await ServerHost.Tiny.GetResponseAsync(Prompt, new ChatOptions { Temperature = 0, MaxOutputTokens = 8, RawRepresentationFactory = _ => own });
        var list = $"[{string.Join(',', tokens)}]";
        foreach (var form in new[] { $"\"{Prompt}\"", $"[\"{Prompt}\"]", list, $"[{list}]" })
        {
            var completion = await _host.AskAsync("completions", $$"""{"prompt":{{form}},"temperature":0,"max_tokens":8}""");
            Assert.Equal(expected.Text, completion.GetProperty("choices")[0].GetProperty("text").GetString());
            Assert.Equal(tokens.Length, completion.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
            Assert.Equal("text_completion", completion.GetProperty("object").GetString());
        }
    }

    [Fact]
    public async Task Several_prompts_have_several_answers_each_in_order()
    {
        var single = new List<string>();
        foreach (var prompt in new[] { Prompt, "The capital" })
        {
            var completion = await _host.AskAsync("completions", $$"""{"prompt":"{{prompt}}","temperature":0,"max_tokens":5,"echo":true}""");
            single.Add(completion.GetProperty("choices")[0].GetProperty("text").GetString()!);
            Assert.StartsWith(prompt, single[^1]);
        }

        var body = $$"""{"prompt":["{{Prompt}}","The capital"],"temperature":0,"max_tokens":5,"echo":true,"n":2}""";
        var all = await _host.AskAsync("completions", body);
        Assert.Equal([single[0], single[0], single[1], single[1]], all.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString()));
        Assert.Equal([0, 1, 2, 3], all.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.Equal(Tokenizer.Encode(Prompt).Length + Tokenizer.Encode("The capital").Length, all.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        var events = await _host.StreamAsync("completions", body.Replace("\"n\":2", "\"n\":2,\"stream\":true"));
        Assert.Equal([single[0], single[0], single[1], single[1]], Enumerable.Range(0, 4).Select(choice => Events.Text(events, choice)));
    }

    [Fact]
    public async Task Sixteen_tokens_are_the_default_as_OpenAI_has_it()
    {
        var completion = await _host.AskAsync("completions", """{"prompt":"Once upon a time","temperature":0,"decoding":{"constraints":[{"kind":"regex","pattern":"[a-z ]{500}"}]}}""");
        Assert.Equal(16, completion.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal("length", completion.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Seeds_of_several_answers_follow_one_another()
    {
        async Task<string?[]> Texts(int seed, int n)
        {
            var completion = await _host.AskAsync("completions", $$"""{"prompt":"{{Prompt}}","temperature":1.5,"max_tokens":8,"seed":{{seed}},"n":{{n}}}""");
            return [.. completion.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("text").GetString())];
        }

        var three = await Texts(5, 3);
        Assert.True(three.Distinct().Count() > 1);
        Assert.Equal(three[1..], await Texts(6, 2));
    }

    [Fact]
    public async Task Log_probabilities_say_where_their_tokens_begin()
    {
        var choice = (await _host.AskAsync("completions", $$"""{"prompt":"{{Prompt}}","temperature":0,"max_tokens":6,"logprobs":2}""")).GetProperty("choices")[0];
        var (text, logprobs) = (choice.GetProperty("text").GetString()!, choice.GetProperty("logprobs"));
        var tokens = logprobs.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()!).ToList();
        Assert.Equal(text, string.Concat(tokens));
        var offset = 0;
        foreach (var (index, token) in tokens.Index())
        {
            Assert.Equal(offset, logprobs.GetProperty("text_offset")[index].GetInt32());
            Assert.Equal(logprobs.GetProperty("token_logprobs")[index].GetDouble(), logprobs.GetProperty("top_logprobs")[index].GetProperty(token).GetDouble());
            offset += token.Length;
        }
    }

    [Fact]
    public async Task A_client_without_a_model_here_is_400()
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient("hi"));
        using var response = await host.PostAsync("completions", """{"prompt":"a"}""");
        Assert.Contains("chat/completions", (await ServerHost.ErrorAsync(response)).GetProperty("message").GetString());
    }
}
