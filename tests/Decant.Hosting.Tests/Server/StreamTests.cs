using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Hosting;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Hosting.Server;

/// <summary>What happens while answers are under way: failures, departures, slow readers.</summary>
public class StreamTests
{
    private const string Stream = """{"messages":[{"role":"user","content":"hello"}],"stream":true}""";

    public static TheoryData<Exception, int, string?, string> Failures => new()
    {
        { new QueueFullException("The queue is full.", TimeSpan.FromSeconds(2.5)), 429, "queue_full", "rate_limit_error" },
        { new DeadlineExceededException("Too late."), 504, "deadline_exceeded", "server_error" },
        { new HostStoppingException(), 503, "shutting_down", "server_error" },
        { new ObjectDisposedException("LocalChatClient"), 503, "shutting_down", "server_error" },
        { new ContextOverflowException(9, 8), 400, "context_length_exceeded", "invalid_request_error" },
        { new NoTokenAllowedException("Nothing is left."), 422, "unprocessable", "invalid_request_error" },
        { new NotSupportedException("Not here."), 400, null, "invalid_request_error" },
        { new InvalidDataException("C:/secret/model"), 500, "internal_error", "server_error" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_failure_before_the_first_word_is_an_http_error_and_later_one_an_event(Exception failure, int status, string? code, string type)
    {
        await using var host = await ServerHost.StartAsync(new ScriptedClient((call, _) => call < 2 ? Failing(0, failure) : Failing(2, failure)));
        foreach (var body in new[] { Stream.Replace(",\"stream\":true", ""), Stream })
        {
            using var response = await host.PostAsync("chat/completions", body);
            Check(await ServerHost.ErrorAsync(response));
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(status == 429 ? "3" : null, response.Headers.RetryAfter?.ToString());
        }

        var events = await host.StreamAsync("chat/completions", Stream);
        Assert.Equal("0 1 ", Events.Text(events[..^1]));
        Check(events[^1].GetProperty("error"));

        void Check(JsonElement error)
        {
            Assert.Equal((code, type), (error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
            Assert.DoesNotContain("secret", error.GetProperty("message").GetString());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_goes_away_is_not_answered_any_more(bool streams)
    {
        var ended = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        await using var host = await ServerHost.StartAsync(new ScriptedClient((_, cancellationToken) => EndlessAsync(begun, ended, cancellationToken)));
        using var departure = new CancellationTokenSource();
        var request = host.PostAsync("chat/completions", streams ? Stream : Stream.Replace(",\"stream\":true", ""), null, HttpCompletionOption.ResponseHeadersRead, departure.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        if (streams) (await request).Dispose();
        else await departure.CancelAsync();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task One_of_several_answers_that_fails_ends_the_others()
    {
        var ended = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        await using var host = await ServerHost.StartAsync(new ScriptedClient((call, cancellationToken) => call == 0 ? EndlessAsync(begun, ended, cancellationToken) : Failing(1, new DeadlineExceededException("Too late."))));
        using var response = await host.PostAsync("chat/completions", """{"messages":[{"role":"user","content":"hello"}],"n":2}""");
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_reader_that_does_not_read_holds_its_answer_up_and_no_other()
    {
        var said = 0;
        var text = new string('a', 10_000);
        await using var host = await ServerHost.StartAsync(new ScriptedClient((call, cancellationToken) => call == 0 ? LongAsync(cancellationToken) : new ScriptedClient("hi").GetStreamingResponseAsync([], null, cancellationToken)));
        using var slow = await host.PostAsync("chat/completions", Stream, completion: HttpCompletionOption.ResponseHeadersRead);
        var before = -1;
        while (before < 1 || before != Volatile.Read(ref said))
        {
            before = Volatile.Read(ref said);
            await Task.Delay(500);
        }

        // Some of it waits in sockets and buffers, most of it was never made.
        Assert.InRange(before, 1, 5_000);
        Assert.Equal("hi", Events.Text(await host.StreamAsync("chat/completions", Stream)));

        async IAsyncEnumerable<ChatResponseUpdate> LongAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (; said < 10_000; Interlocked.Increment(ref said))
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                yield return ScriptedClient.Update(text);
            }
        }
    }

    [Fact]
    public async Task A_stream_says_everything_an_answer_says()
    {
        await using var host = await ServerHost.StartAsync(ServerHost.Tiny);
        const string Body = """{"messages":[{"role":"user","content":"What is 58 + 67?"}],"temperature":0,"logprobs":true,"top_logprobs":2,"decoding":{"trace":true,"speculation":"prompt-lookup"},"stream_options":{"include_usage":true},"stream":true}""";
        var events = await host.StreamAsync("chat/completions", Body);
        var whole = await host.AskAsync("chat/completions", Body.Replace("\"stream_options\":{\"include_usage\":true},\"stream\":true", "\"stream\":false"));
        var choice = whole.GetProperty("choices")[0];
        Assert.Equal(choice.GetProperty("message").GetProperty("content").GetString(), Events.Text(events));
        Assert.Equal(choice.GetProperty("message").GetProperty("reasoning_content").GetString(), Events.Text(events, member: "reasoning_content"));
        Assert.Equal("assistant", events[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString());
        var logprobs = events.SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray()).SelectMany(item => item.TryGetProperty("logprobs", out var some) ? some.GetProperty("content").EnumerateArray() : []);
        Assert.Equal(choice.GetProperty("logprobs").GetProperty("content").EnumerateArray().Select(token => token.GetRawText()), logprobs.Select(token => token.GetRawText()));
        Assert.Equal(choice.GetProperty("finish_reason").GetString(), events[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        var (usage, streamed) = (whole.GetProperty("usage"), events[^1].GetProperty("usage"));
        Assert.Equal(usage.GetProperty("completion_tokens").GetInt32(), streamed.GetProperty("completion_tokens").GetInt32());
        Assert.Empty(events[^1].GetProperty("choices").EnumerateArray());
        foreach (var decant in new[] { whole.GetProperty("decant"), events[^2].GetProperty("decant") })
        {
            Assert.Equal(usage.GetProperty("completion_tokens").GetInt32(), decant.GetProperty("statistics").GetProperty("output_token_count").GetInt32());
            Assert.Equal(usage.GetProperty("completion_tokens").GetInt32(), DecodingTrace.FromJson(decant.GetProperty("trace").GetRawText()).Tokens.Count);
            Assert.Equal(JsonValueKind.Array, decant.GetProperty("warnings").ValueKind);
        }
    }

    [Fact]
    public async Task Results_of_a_search_are_choices_with_scores()
    {
        await using var host = await ServerHost.StartAsync(ServerHost.Tiny);
        const string Body = """{"messages":[{"role":"user","content":"Where does Savisha live?"}],"max_tokens":12,"decoding":{"kind":"beam","beams":4,"results":2}}""";
        var whole = await host.AskAsync("chat/completions", Body);
        var texts = whole.GetProperty("choices").EnumerateArray().Select(choice => choice.GetProperty("message").GetProperty("content").GetString()).ToList();
        Assert.Equal(2, texts.Distinct().Count());
        var scores = whole.GetProperty("decant").GetProperty("scores");
        Assert.True(scores[0].GetDouble() >= scores[1].GetDouble());

        var events = await host.StreamAsync("chat/completions", Body[..^1] + ",\"stream\":true}");
        Assert.Equal(texts, [Events.Text(events), Events.Text(events, 1)]);
        Assert.Equal(scores.GetRawText(), events[^1].GetProperty("decant").GetProperty("scores").GetRawText());
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> Failing(int after, Exception failure)
    {
        for (var i = 0; i < after; i++)
        {
            await Task.Yield();
            yield return ScriptedClient.Update($"{i} ");
        }

        throw failure;
    }

    private static async IAsyncEnumerable<ChatResponseUpdate> EndlessAsync(TaskCompletionSource begun, TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                yield return ScriptedClient.Update("on and ");
                begun.TrySetResult();
                await Task.Delay(1, cancellationToken);
            }
        }
        finally
        {
            ended.TrySetResult();
        }
    }
}
