using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>A call's trace: on the message, with its texts, good for having the answer again.</summary>
public class ChatTraceTests
{
    [Fact]
    public async Task A_trace_comes_with_the_message_where_it_is_asked_for()
    {
        using var client = TestChat.Client(TestChat.Scripted("é€!"));
        Assert.Null((await client.GetResponseAsync("Hi")).GetTrace());
        var response = await client.GetResponseAsync("Hi", new ChatOptions { Seed = 5 }.WithDecoding(d => d.Trace()));
        var trace = response.GetTrace()!;
        Assert.Equal("é€!", trace.Text);
        Assert.Equal(["\\xC3", "\\xA9", "\\xE2", "\\x82", "\\xAC", "!", "<|end|>"], trace.Tokens.Select(token => token.Text!));
        Assert.Equal((5, "prefix-model", FinishKind.EndToken), (trace.Seed, trace.Model, trace.Finish));
        Assert.Equal(((int)response.Usage!.InputTokenCount!, 7), (trace.PromptLength, trace.TargetForwards));
        Assert.Equal(TraceRecorder.DefaultTop, trace.Tokens[0].Stages[0].Top.Count);
        Assert.Equal("\\xC3", trace.Tokens[0].Stages[0].Top[0].Text);
    }

    [Fact]
    public async Task Its_options_give_the_answer_again()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        var options = new ChatOptions { Temperature = 1.1f, FrequencyPenalty = 0.5f }.WithDecoding(d => d.Trace());
        var first = await client.GetResponseAsync("Hi", options);
        var texts = new HashSet<string> { first.Text };
        for (var i = 0; i < 4; i++) texts.Add((await client.GetResponseAsync("Hi", options)).Text);
        Assert.True(texts.Count > 1);
        var again = await client.GetResponseAsync("Hi", new ChatOptions().WithDecoding(DecodingTrace.FromJson(first.GetTrace()!.ToJson()).ToOptions()));
        Assert.Equal(first.Text, again.Text);
        Assert.Equal(first.GetTrace()!.Tokens.Select(token => token.LogProbability(LogprobStage.Processed)), again.GetTrace()!.Tokens.Select(token => token.LogProbability(LogprobStage.Processed)));
    }

    [Fact]
    public async Task An_answer_cut_by_a_stop_sequence_has_no_finish()
    {
        using var client = TestChat.Client(TestChat.Scripted("one two three"));
        var trace = (await client.GetResponseAsync("Hi", new ChatOptions { StopSequences = ["two"] }.WithDecoding(d => d.Trace()))).GetTrace()!;
        Assert.Equal((null, "one two"), (trace.Finish, trace.Text));
    }
}
