using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Decant.Connectors.Rewards;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.AI.Evaluation;

namespace Decant.Tests.Connectors.Rewards;

/// <summary>Rewards in calls of the chat client, with the model that comes with the library.</summary>
public sealed class RewardChatTests : IDisposable
{
    private const string Question = "Tell me a story about Savisha.";
    private const int N = 8;
    private readonly DecodingServices _services = new();
    private readonly LocalChatClient _client;

    public RewardChatTests() => _client = LocalChatClient.Load(options: new LocalChatClientOptions { Engine = ChatEngine.Cpu, Services = _services });

    public void Dispose() => _client.Dispose();

    private static ChatOptions Options(params RewardOptions[] rewards) => new ChatOptions { Temperature = 1, Seed = 3, MaxOutputTokens = 300 }
        .WithDecoding(new DecodingOptions { Search = rewards.Length == 0 ? null : new BestOfOptions { N = N, Results = N, Rewards = [.. rewards] } });

    private async Task<List<(string Text, double? Score)>> AskAsync(params RewardOptions[] rewards)
        => [.. (await _client.GetResponseAsync(Question, Options(rewards))).Messages.Select(message => (message.Text, message.GetScore()))];

    private NamedRewardOptions Named(IReward reward, string name)
    {
        _services.Add(name, reward);
        return new NamedRewardOptions { Reward = name };
    }

    [Fact]
    public async Task Keywords_choose_another_answer_and_everything_is_counted()
    {
        var plain = (await _client.GetResponseAsync(Question, Options())).Text;
        var all = await AskAsync(new RegexRewardOptions { Pattern = "." });
        Assert.Contains(plain, all.Select(each => each.Text));
        var word = all.SelectMany(each => each.Text.Split(' ', '.', ',', '\n')).First(word => word.Length > 2 && !plain.Contains(word, StringComparison.OrdinalIgnoreCase));

        var response = await _client.GetResponseAsync(Question, Options(new KeywordsRewardOptions { Words = [[word]] }));
        Assert.Contains(word, response.Messages[0].Text);
        Assert.NotEqual(plain, response.Messages[0].Text);
        Assert.Equal((N, 1.0), (response.Messages.Count, response.Messages[0].GetScore()!.Value));
        Assert.Equal(all.Select(each => each.Text).Order(), response.Messages.Select(message => message.Text).Order());
        Assert.All(response.Messages, message => Assert.Equal(message.Text.Contains(word) ? 1 : 0, message.GetScore()));
        var counts = response.Usage!.AdditionalCounts!;
        Assert.InRange(counts["ScoredTexts"], 2, N);
        Assert.Equal(response.Usage.OutputTokenCount, counts["SearchedTokens"]);
        Assert.Empty(response.GetWarnings());
    }

    [Fact]
    public async Task Lexicon_evaluator_classifier_and_judge_rank_as_they_score()
    {
        _services.Add("mood", new Lexicon([new("happy", 2), new("the", .5), new("sad", -2), new("a", .25)]));
        var tokenizer = _client.GetService<Decant.Connectors.Text.TextTokenizer>()!;
        var model = _client.GetService<ICausalModel>()!;
        RewardOptions[] rewards =
        [
            new LexiconRewardOptions { Lexicon = "mood", Aggregate = LexiconAggregate.Sum },
            Named(new EvaluatorReward(new LetterEvaluator(), "e", new ChatConfiguration(_client)), "evaluator"),
            Named(new ClassifierReward(model, tokenizer, new LinearHead([.. Enumerable.Range(0, model.Info.HiddenSize).Select(i => Math.Sin(i))], 0)), "classifier"),
            Named(new JudgeReward(_client, "A good answer is a happy story."), "judge"),
        ];
        var plain = (await _client.GetResponseAsync(Question, Options())).Text;
        var changed = 0;
        var context = new ChatRewardContext([new ChatMessage(ChatRole.User, Question)]);
        foreach (var options in rewards)
        {
            var results = await AskAsync(options);
            var reward = options is NamedRewardOptions named ? _services.Get<IReward>(named.Reward, "test") : options.Compile(new PlanContext { Services = _services });
            var ended = results.FindAll(result => result.Score is not null);
            Assert.True(ended.Count > N / 2);
            Assert.Equal(ended.OrderByDescending(result => result.Score), ended);
            foreach (var (text, score) in ended) Assert.Equal((await reward.ScoreAsync(context, [new RewardCandidate(text)], default))[0], score!.Value, 1e-4);
            if (results[0].Text != plain) changed++;
        }

        Assert.True(changed >= 2, $"{changed}");
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("NaN")]
    [InlineData("hangs")]
    public async Task A_fault_fails_its_call_by_name_or_is_a_warning_and_the_client_lives_on(string fault)
    {
        var plain = (await _client.GetResponseAsync(Question, Options())).Text;
        var broken = Named(new ConcurrentReward(async (_, _, _) =>
        {
            if (fault == "throws") throw new InvalidOperationException("it is broken");
            if (fault == "hangs") await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return double.NaN;
        }), "broken") with { TimeoutSeconds = fault == "hangs" ? .2 : 30 };
        var exception = await Assert.ThrowsAsync<RewardException>(() => AskAsync(broken));
        Assert.Equal("broken", exception.Reward);
        Assert.Equal(plain, (await _client.GetResponseAsync(Question, Options())).Text);

        var length = new LengthRewardOptions { Max = 5 };
        var response = await _client.GetResponseAsync(Question, Options(broken with { OnFault = RewardFaultPolicy.Drop }, length));
        Assert.Contains("\"broken\"", Assert.Single(response.GetWarnings()));
        Assert.Equal((await AskAsync(length)).Select(each => each.Text), response.Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task Rewards_see_the_messages_and_the_documents()
    {
        var entailed = Named(new EntailmentReward(new WordOverlap(.4)), "entailed");
        Assert.Contains("WithDocuments", (await Assert.ThrowsAsync<RewardException>(() => AskAsync(entailed))).Message);
        RewardContext? seen = null;
        var spy = Named(new ConcurrentReward((context, _, _) =>
        {
            seen = context;
            return new(0);
        }), "spy");
        var options = Options(entailed, spy).WithDocuments([new ChatDocument("Savisha lives in a house."), new ChatDocument("Other.")]);
        await _client.GetResponseAsync([new(ChatRole.System, "Be brief."), new(ChatRole.User, Question)], options);
        var chat = Assert.IsType<ChatRewardContext>(seen);
        Assert.Equal((2, 2, Question), (chat.Messages.Count, chat.Documents.Count, chat.Prompt));
    }

    [Fact]
    public async Task Calibrated_scores_are_quantiles_and_references_are_counted()
    {
        var reward = new LengthRewardOptions { Max = 3, Calibration = new CalibrationOptions(10) };
        var response = await _client.GetResponseAsync(Question, Options(reward));
        Assert.All(response.Messages, message => Assert.Equal(0, message.GetScore()!.Value * 20 % 1, 1e-9));
        Assert.True(response.Usage!.AdditionalCounts!["SearchedTokens"] > response.Usage.OutputTokenCount);
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(async () =>
        {
            var greedy = Options(reward);
            greedy.Temperature = 0;
            await _client.GetResponseAsync(Question, greedy);
        });
        Assert.Contains("greedy", error.Message);
    }

    /// <summary>How often the letter e comes, and whether it comes.</summary>
    internal sealed class LetterEvaluator : IEvaluator
    {
        public IReadOnlyCollection<string> EvaluationMetricNames => ["e", "has e"];

        public ValueTask<EvaluationResult> EvaluateAsync(
            IEnumerable<ChatMessage> messages, ChatResponse modelResponse, ChatConfiguration? chatConfiguration = null, IEnumerable<EvaluationContext>? additionalContext = null, CancellationToken cancellationToken = default)
        {
            var count = modelResponse.Text.Count('e'.Equals);
            return new(new EvaluationResult(new NumericMetric("e", count), new BooleanMetric("has e", count > 0)));
        }
    }
}
