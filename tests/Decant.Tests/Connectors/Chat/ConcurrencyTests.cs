using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

public class ConcurrencyTests
{
    private static readonly LocalChatClientOptions _smallChunks = new() { PrefillChunk = 4 };

    [Fact]
    public async Task Parallel_callers_get_what_each_would_get_alone()
    {
        string[] questions = [.. Enumerable.Range(0, 8).Select(i => $"Question number {i}, with a beginning that all share")];
        ChatOptions Options(int i) => new() { Seed = i };
        var expected = new string[8];
        for (var i = 0; i < 8; i++)
        {
            using var alone = TestChat.Client(TestChat.Babbler());
            expected[i] = (await alone.GetResponseAsync(questions[i], Options(i))).Text;
        }

        var model = TestChat.Babbler();
        model.BeforeForward = async _ => await Task.Yield();
        using var shared = TestChat.Client(model, _smallChunks);
        for (var round = 0; round < 5; round++)
        {
            var texts = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => (await shared.GetResponseAsync(questions[i], Options(i))).Text));
            Assert.Equal(expected, texts);
        }
    }

    [Fact]
    public async Task The_callers_thread_is_not_blocked()
    {
        using var gate = new ManualResetEventSlim();
        var model = TestChat.Babbler();
        model.BeforeForward = _ =>
        {
            gate.Wait();
            return Task.CompletedTask;
        };
        using var client = TestChat.Client(model);
        var response = client.GetResponseAsync("Hi");
        Assert.False(response.IsCompleted);
        gate.Set();
        Assert.NotEmpty((await response).Text);
    }

    [Fact]
    public async Task Cancellation_in_prefill_takes_one_step()
    {
        using var cancellation = new CancellationTokenSource();
        var model = TestChat.Babbler();
        model.BeforeForward = async _ =>
        {
            if (model.Forwards == 2) await cancellation.CancelAsync();
        };
        using var client = TestChat.Client(model, _smallChunks);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync(new string('x', 100), cancellationToken: cancellation.Token));
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.Equal(2, model.Forwards);
    }

    [Fact]
    public async Task Cancellation_in_decoding_takes_one_step()
    {
        using var cancellation = new CancellationTokenSource();
        var model = TestChat.Scripted("A long answer that never comes to its end");
        using var client = TestChat.Client(model);
        var forwards = 0;
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("Hi", cancellationToken: cancellation.Token))
            {
                if (update.Text != "o") continue;
                await cancellation.CancelAsync();
                forwards = model.Forwards;
            }
        });
        Assert.Equal(cancellation.Token, error.CancellationToken);
        Assert.Equal(forwards, model.Forwards);
    }

    [Fact]
    public async Task A_cancelled_call_runs_nothing()
    {
        var model = TestChat.Babbler();
        using var client = TestChat.Client(model);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("Hi", cancellationToken: new CancellationToken(true)));
        Assert.Equal(0, model.Forwards);
    }

    [Fact]
    public async Task Breaking_off_stops_the_work_and_disturbs_nothing()
    {
        var model = TestChat.Scripted("A long answer");
        using var client = TestChat.Client(model);
        await foreach (var update in client.GetStreamingResponseAsync("Hi")) break;
        // The first character is shown when the second is known.
        Assert.Equal(2, model.Forwards);
        Assert.Equal("A long answer", (await client.GetResponseAsync("Hi")).Text);
    }

    [Fact]
    public async Task Disposing_while_an_answer_runs_ends_it_and_then_frees_the_model()
    {
        var model = TestChat.Scripted("A long answer");
        var client = TestChat.Client(model);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("Hi"))
            {
                client.Dispose();
                Assert.False(model.Disposed);
            }
        });
        Assert.True(model.Disposed);
    }

    [Fact]
    public async Task A_model_that_is_not_owned_outlives_the_client()
    {
        var model = TestChat.Babbler();
        using (var client = TestChat.Client(model, new LocalChatClientOptions { OwnsModel = false })) await client.GetResponseAsync("Hi");
        Assert.False(model.Disposed);
        Assert.Equal(0, model.OpenSequences);
    }

    [Fact]
    public async Task A_failing_forward_fails_its_call_only()
    {
        var model = TestChat.Babbler();
        using var client = TestChat.Client(model);
        model.BeforeForward = _ => throw new InvalidOperationException("broken");
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetResponseAsync("Hi"))).Message);
        model.BeforeForward = null;
        Assert.NotEmpty((await client.GetResponseAsync("Hi")).Text);
    }
}
