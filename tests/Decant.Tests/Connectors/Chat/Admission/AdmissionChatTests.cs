using Decant.Connectors.Chat;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat.Admission;

public class AdmissionChatTests
{
    [Fact]
    public async Task Calls_beyond_the_limits_wait_or_are_refused_and_the_load_says_so()
    {
        using var gate = new SemaphoreSlim(0);
        var model = TestChat.Babbler();
        model.BeforeForward = async _ => await gate.WaitAsync();
        using var client = TestChat.Client(model, new LocalChatClientOptions { MaxRunningCalls = 1, MaxQueuedCalls = 1 });
        var running = client.GetResponseAsync("Hi");
        await UntilAsync(() => client.GetLoad().RunningCalls == 1);
        var queued = client.GetResponseAsync("Ho");
        await UntilAsync(() => client.GetLoad().QueuedCalls == 1);
        await Assert.ThrowsAsync<QueueFullException>(() => client.GetResponseAsync("Hu"));
        gate.Release(10_000);
        var responses = await Task.WhenAll(running, queued);
        var load = client.GetLoad();
        Assert.Equal((0, 0, 2L, 1L), (load.RunningCalls, load.QueuedCalls, load.FinishedCalls, load.RefusedCalls));
        Assert.Equal(responses.Sum(response => response.Usage!.OutputTokenCount), load.OutputTokens);
        Assert.Equal(responses.Sum(response => response.Usage!.InputTokenCount), load.PromptTokens);
        Assert.True(load.PrefixCacheTokens > 0);
    }

    [Theory]
    [InlineData("normal", "high", "2, 1")]
    [InlineData("low", "normal", "2, 1")]
    [InlineData("normal", "normal", "1, 2")]
    public async Task Priority_decides_who_is_next(string first, string second, string order)
    {
        using var gate = new SemaphoreSlim(0);
        var model = TestChat.Babbler();
        model.BeforeForward = async _ => await gate.WaitAsync();
        using var client = TestChat.Client(model, new LocalChatClientOptions { MaxRunningCalls = 1 });
        var running = client.GetResponseAsync("Hi");
        await UntilAsync(() => client.GetLoad().RunningCalls == 1);
        var done = new List<int>();
        var calls = new List<Task>();
        foreach (var (number, priority) in (ReadOnlySpan<(int, string)>)[(1, first), (2, second)])
        {
            calls.Add(AskAsync(number, new ChatOptions { AdditionalProperties = new() { ["priority"] = priority } }));
            Assert.True(SpinWait.SpinUntil(() => client.GetLoad().QueuedCalls == calls.Count, 30_000));
        }

        gate.Release(10_000);
        await Task.WhenAll([running, .. calls]);
        Assert.Equal(order, string.Join(", ", done));

        async Task AskAsync(int number, ChatOptions options)
        {
            await client.GetResponseAsync("Ho", options);
            lock (done) done.Add(number);
        }
    }

    [Fact]
    public async Task A_deadline_ends_a_waiting_call_with_an_error_and_a_running_one_with_what_it_has()
    {
        var model = TestChat.Babbler();
        model.BeforeForward = async _ => await Task.Delay(15);
        using var client = TestChat.Client(model, new LocalChatClientOptions { MaxRunningCalls = 1 });
        var options = new ChatOptions { AdditionalProperties = new() { ["deadline_seconds"] = 0.02 }, Seed = 1 };
        var cut = await client.GetResponseAsync("Hi", options);
        Assert.Equal(ChatFinishReason.Length, cut.FinishReason);
        Assert.InRange(cut.Usage!.OutputTokenCount!.Value, 1, 3);
        Assert.StartsWith(cut.Text, (await client.GetResponseAsync("Hi", new ChatOptions { Seed = 1 })).Text, StringComparison.Ordinal);

        var running = client.GetResponseAsync("Hi");
        await UntilAsync(() => client.GetLoad().RunningCalls == 1);
        await Assert.ThrowsAsync<DeadlineExceededException>(() => client.GetResponseAsync("Ho", options));
        await running;
    }

    [Fact]
    public async Task A_judge_on_the_same_client_does_not_wait_for_the_call_it_judges()
    {
        var judge = new ClientJudge();
        using var client = TestChat.Client(TestChat.Babbler(), new LocalChatClientOptions
        {
            MaxRunningCalls = 1,
            MaxQueuedCalls = 0,
            Services = new DecodingServices().Add<IReward>("judge", judge),
        });
        judge.Client = client;
        var options = new ChatOptions { Seed = 3 }.WithDecoding(new BestOfOptions { N = 3, Rewards = [new NamedRewardOptions { Reward = "judge" }] });
        Assert.NotEmpty((await client.GetResponseAsync("Hi", options)).Text);
        Assert.Equal(4, client.GetLoad().FinishedCalls);
    }

    [Fact]
    public async Task Disposing_the_client_ends_calls_that_wait_without_running_them()
    {
        using var gate = new SemaphoreSlim(0);
        var model = TestChat.Babbler();
        model.BeforeForward = async _ => await gate.WaitAsync();
        var client = TestChat.Client(model, new LocalChatClientOptions { MaxRunningCalls = 1 });
        var running = client.GetResponseAsync("Hi");
        await UntilAsync(() => client.GetLoad().RunningCalls == 1);
        var waiting = client.GetResponseAsync("Ho");
        await UntilAsync(() => client.GetLoad().QueuedCalls == 1);
        client.Dispose();
        gate.Release(10_000);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.Equal(1, model.Forwards);
    }

    [Fact]
    public async Task What_a_call_leaves_running_is_no_part_of_it()
    {
        var scope = new CallScope(CallPriority.High);
        scope.Enter();
        var inside = CallScope.Current;
        scope.End();
        await Task.Yield();
        Assert.Equal((scope, null), (inside, CallScope.Current));
    }

    [Fact]
    public async Task What_cannot_be_read_is_named()
    {
        using var client = TestChat.Client(TestChat.Babbler());
        Assert.Contains("low, normal, high", (await Assert.ThrowsAsync<ArgumentException>(() => AskAsync("priority", "soon"))).Message, StringComparison.Ordinal);
        Assert.Contains("deadline", (await Assert.ThrowsAsync<ArgumentException>(() => AskAsync("deadline_seconds", -1))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => TestChat.Client(TestChat.Babbler(), new LocalChatClientOptions { MaxRunningCalls = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => TestChat.Client(TestChat.Babbler(), new LocalChatClientOptions { MaxQueuedCalls = -1 }));

        Task AskAsync(string key, object value) => client.GetResponseAsync("Hi", new ChatOptions { AdditionalProperties = new() { [key] = value } });
    }

    private sealed class ClientJudge : IReward
    {
        public IChatClient? Client { get; set; }

        public async ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        {
            var scores = new List<double>();
            foreach (var candidate in candidates) scores.Add((await Client!.GetResponseAsync(candidate.Text + "?", cancellationToken: cancellationToken)).Text.Length);
            return scores;
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 3000 && !condition(); i++) await Task.Delay(10);
        Assert.True(condition());
    }
}
