using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>A call that has used up its budget ends with what it has, and says so.</summary>
public class BudgetTests
{
    private const string Text = "A long answer that goes on";

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Forwards_are_counted(int most)
    {
        using var client = TestChat.Client(TestChat.Scripted(Text));
        var (response, statistics) = await Ask(client, new ChatOptions().WithDecoding(decoding => decoding.Budget(maxForwards: most)));
        Assert.Equal(Text[..most], response.Text);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal((FinishKind.Budget, most, most), (statistics.Finish, statistics.ForwardPassCount, statistics.OutputTokenCount));
    }

    [Fact]
    public async Task Forwards_of_branches_count_too()
    {
        using var client = TestChat.Client(TestChat.Scripted(Text));
        var decoding = new DecodingOptions { Contrast = ProbeContrast.With(new BranchPrompt.SystemMessage("Shout.")), Budget = new() { MaxForwards = 6 } };
        var (response, statistics) = await Ask(client, new ChatOptions().WithDecoding(decoding));
        // The beginning that both prompts share runs once, then two rows a token.
        Assert.Equal(FinishKind.Budget, statistics.Finish);
        Assert.InRange(statistics.ForwardPassCount, 6, 7);
        Assert.Equal(3, response.Text.Length);
    }

    [Fact]
    public async Task A_prompt_in_chunks_is_read_whole_even_if_that_is_more()
    {
        using var client = TestChat.Client(TestChat.Scripted(Text), new LocalChatClientOptions { PrefillChunk = 1 });
        var (response, statistics) = await Ask(client, new ChatOptions().WithDecoding(decoding => decoding.Budget(maxForwards: 2)));
        Assert.Equal("A", response.Text);
        Assert.True(statistics.ForwardPassCount > 2);
    }

    [Fact]
    public async Task Seconds_are_those_of_the_clients_clock()
    {
        var time = new ManualTime();
        var model = TestChat.Scripted(Text);
        model.BeforeForward = _ =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Task.CompletedTask;
        };
        using var client = TestChat.Client(model, new LocalChatClientOptions { TimeProvider = time });
        var (response, statistics) = await Ask(client, new ChatOptions().WithDecoding(decoding => decoding.Budget(maxSeconds: 2.5)));
        Assert.Equal(Text[..3], response.Text);
        Assert.Equal((ChatFinishReason.Length, FinishKind.Budget), (response.FinishReason, statistics.Finish));
        Assert.Equal((1, 2), (statistics.PrefillDuration.TotalSeconds, statistics.DecodeDuration.TotalSeconds));
    }

    [Fact]
    public async Task The_call_replaces_the_clients_default()
    {
        using var client = TestChat.Client(TestChat.Scripted(Text), new LocalChatClientOptions { DefaultDecoding = new() { Budget = new() { MaxForwards = 2 } } });
        Assert.Equal(Text[..2], (await Ask(client, new ChatOptions())).Response.Text);
        Assert.Equal(Text[..4], (await Ask(client, new ChatOptions { AdditionalProperties = new() { ["decoding"] = """{"budget":{"max_forwards":"4"}}""" } })).Response.Text);
        Assert.Equal(Text, (await Ask(client, new ChatOptions().WithDecoding(decoding => decoding.Budget()))).Response.Text);
    }

    [Fact]
    public async Task What_ended_the_answer_is_told_apart()
    {
        using var client = TestChat.Client(TestChat.Scripted("Hello"), new LocalChatClientOptions { PrefixCacheSequences = 0 });
        async Task<FinishKind?> Finish(ChatOptions options) => (await Ask(client, options)).Statistics.Finish;
        Assert.Equal(FinishKind.EndToken, await Finish(new ChatOptions()));
        Assert.Equal(FinishKind.MaxTokens, await Finish(new ChatOptions { MaxOutputTokens = 2 }));
        Assert.Equal(FinishKind.MaxTokens, await Finish(new ChatOptions { MaxOutputTokens = 2 }.WithDecoding(decoding => decoding.Budget(maxForwards: 2))));
        Assert.Equal(FinishKind.Budget, await Finish(new ChatOptions { MaxOutputTokens = 3 }.WithDecoding(decoding => decoding.Budget(maxForwards: 2))));
        Assert.Null(await Finish(new ChatOptions { StopSequences = ["l"] }));
        using var small = TestChat.Client(TestChat.Scripted(Text, contextLength: 8));
        Assert.Equal(FinishKind.ContextFull, (await Ask(small, new ChatOptions())).Statistics.Finish);
    }

    private static async Task<(ChatResponse Response, GenerationStatistics Statistics)> Ask(IChatClient client, ChatOptions options)
    {
        var response = await client.GetResponseAsync("Hi", options);
        return (response, Assert.IsType<GenerationStatistics>(response.Messages[0].AdditionalProperties![GenerationStatistics.PropertyName]));
    }
}
