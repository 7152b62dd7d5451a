using Decant.Connectors.Chat;
using Decant.Connectors.Rewards;
using Decant.Tests.Connectors.Grounding;
using Decant.Tests.Conformance;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Rewards;

/// <summary>A chat model as a judge: the expected number of a local one, the number of another.</summary>
public class JudgeRewardTests
{
    private static readonly RewardContext _context = new ChatRewardContext([new(ChatRole.System, "Be brief."), new(ChatRole.User, "Who?")]);

    private static async Task<IReadOnlyList<double>> ScoreAsync(JudgeReward reward, params string[] texts)
        => await reward.ScoreAsync(_context, [.. texts.Select(text => new RewardCandidate(text))], default);

    [Fact]
    public async Task A_local_judge_gives_the_expected_number()
    {
        // 10 begins like 1; only whole answers count.
        var model = TextModel.Of((prompt, said) => (said, prompt.Contains("Answer:\ngood")) switch
        {
            ("", true) => [('1', .25), ('7', .5), ('x', .25)],
            ("", false) => [('1', .5), ('2', .5)],
            ("1", true) => [('0', 1)],
            _ => [(TextModel.End, 1)],
        });
        using (var client = TextModel.Client(model))
        {
            var reward = new JudgeReward(client, "Kindness counts.", 1, 10);
            Assert.Equal([8, 1.5, 8], await ScoreAsync(reward, "good", "bad", "good"), (a, b) => Math.Abs(a - b) < 1e-5);
            Assert.Equal((1, 10, false), (reward.Minimum, reward.Maximum, reward.ScoresPartial));
        }

        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));
    }

    [Fact]
    public async Task The_judge_reads_rubric_request_and_answer()
    {
        var read = new HashSet<string>();
        var model = TextModel.Of((prompt, _) =>
        {
            lock (read) read.Add(prompt);
            return [('1', .5), ('2', .25), (TextModel.End, .25)];
        });
        using var client = TextModel.Client(model);
        await ScoreAsync(new JudgeReward(client, "Kindness counts.", 1, 2), "Nobody.");
        Assert.All(["Kindness counts.", "system: Be brief.\nuser: Who?", "Answer:\nNobody.", "from 1 (worst) to 2 (best)"], part => Assert.Contains(part, read.Single(prompt => prompt.Contains("Kindness"))));
    }

    [Fact]
    public async Task Another_judge_is_asked_with_a_schema()
    {
        using var judge = new Sayer("""{"score": 4}""");
        Assert.Equal([4, 4], await ScoreAsync(new JudgeReward(judge, "Kindness counts."), "a", "b"));
        Assert.Equal(2, judge.Options.Count);
        var options = judge.Options[0];
        Assert.Equal(0, options.Temperature);
        Assert.Contains("\"maximum\":5", Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat).Schema!.Value.GetRawText());

        // A local model over a network: its answer is forced into the schema.
        using var remote = new Remote(TestChat.Client(TestChat.Babbler()));
        Assert.InRange((await ScoreAsync(new JudgeReward(remote, "Kindness counts.", 2, 3), "a"))[0], 2, 3);
    }

    [Theory]
    [InlineData("four")]
    [InlineData("""{"score": 6}""")]
    [InlineData("""{"score": 2.5}""")]
    [InlineData("""{"score": "4"}""")]
    [InlineData("""{"mark": 4}""")]
    [InlineData("[4]")]
    public async Task An_answer_that_is_no_number_of_the_range_is_a_fault(string answer)
    {
        using var judge = new Sayer(answer);
        Assert.Contains(answer, (await Assert.ThrowsAsync<InvalidOperationException>(() => ScoreAsync(new JudgeReward(judge, "Kindness counts."), "a"))).Message);
    }

    [Fact]
    public void What_makes_no_range_is_refused()
    {
        using var judge = new Sayer("");
        Assert.Throws<ArgumentException>(() => new JudgeReward(judge, " "));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JudgeReward(judge, "x", 3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JudgeReward(judge, "x", 0, 101));
        Assert.Throws<ArgumentOutOfRangeException>(() => new JudgeReward(judge, "x", maxConcurrency: 0));
    }

    private sealed class Sayer(string text) : IChatClient
    {
        public List<ChatOptions> Options { get; } = [];

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            lock (Options) Options.Add(options!);
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)));
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
