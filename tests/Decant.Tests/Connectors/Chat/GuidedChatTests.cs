using Decant.Connectors.Chat;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Guided searches through the chat client, on decant-tiny: answers that are to hold given words.</summary>
public sealed class GuidedChatTests : IDisposable
{
    private const string Question = "Tell me a story about Savisha.";
    private static readonly string[] _words = ["garden", "lamp", "rain"];
    private static readonly ValueList<RewardOptions> _rewards = [new NamedRewardOptions { Reward = "words" }];
    private static readonly DealOptions _deal = new() { Rewards = _rewards, RewardWeight = 30, TopK = 16, CandidateProbability = 0.02, Keep = 1, Lookahead = 3 };
    private static readonly SegmentRerankOptions _segments = new() { Rewards = _rewards, Samples = 6, SegmentTokens = 10 };
    private static readonly MctsOptions _tree = new() { Rewards = _rewards, Simulations = 40 };
    private readonly LocalChatClient _client;

    public GuidedChatTests()
    {
        var services = new DecodingServices().Add<IReward>("words", new DelegateReward(Adherence));
        _client = LocalChatClient.Load(options: new LocalChatClientOptions { Engine = ChatEngine.Cpu, Services = services });
    }

    public void Dispose() => _client.Dispose();

    public static TheoryData<SearchOptions> Searches =>
    [
        _deal, _segments, _tree, new ArgsOptions { Rewards = _rewards, RewardWeight = 30, TopK = 50 }, new ValueGuidanceOptions { Rewards = _rewards, Lambda = 30, TopK = 50 },
        new ValueGuidanceOptions { Rewards = _rewards, Block = 8, Candidates = 8 },
    ];

    [Theory]
    [MemberData(nameof(Searches))]
    public async Task Answers_hold_more_of_the_words(SearchOptions search)
    {
        var plain = (await _client.GetResponseAsync(Question, Options(null))).Text;
        var answer = await _client.GetResponseAsync(Question, Options(search));
        Assert.True(Adherence(answer.Text) > Adherence(plain), $"{plain}\n{answer.Text}");
        Assert.Equal(60, answer.Usage!.OutputTokenCount);
        Assert.NotNull(answer.Messages[0].GetScore());
        Assert.True(answer.Usage.AdditionalCounts!["ScoredTexts"] > 1);
        if (search == _deal)
        {
            // At most 12 forwards for each of greedy decoding's.
            Assert.Equal(1, Adherence(answer.Text));
            Assert.InRange(answer.Usage.AdditionalCounts["ForwardPassCount"], 61, 60 * 12);
        }
    }

    public static TheoryData<SearchOptions> Reporting => [_deal, _segments, _tree];

    [Theory]
    [MemberData(nameof(Reporting))]
    public async Task The_best_so_far_is_told_while_the_search_goes_on(SearchOptions search)
    {
        var updates = await _client.GetStreamingResponseAsync(Question, Options(search)).ToListAsync();
        var reports = updates.Select(update => update.GetBestSoFar()).OfType<BestSoFar>().ToList();
        Assert.True(reports.Count > 1);
        Assert.Equal(reports.Select(report => report.Forwards).Order(), reports.Select(report => report.Forwards));
        Assert.True(Adherence(reports[^1].Text) > Adherence(reports[0].Text));
        Assert.Equal((await _client.GetResponseAsync(Question, Options(search))).Text, updates.ToChatResponse().Text);
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public async Task A_call_that_is_stopped_ends_within_a_step_and_the_next_is_whole(SearchOptions search)
    {
        var expected = (await _client.GetResponseAsync(Question, Options(search))).Text;
        using var cancellation = new CancellationTokenSource();
        var updates = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _client.GetStreamingResponseAsync(Question, Options(search), cancellation.Token))
            {
                updates++;
                cancellation.Cancel();
            }
        });

        // A block that has been written is given.
        Assert.InRange(updates, 1, search is ValueGuidanceOptions { Block: > 0 } ? 9 : 1);
        await foreach (var _ in _client.GetStreamingResponseAsync(Question, Options(search))) break;
        Assert.Equal(expected, (await _client.GetResponseAsync(Question, Options(search))).Text);
    }

    [Theory]
    [MemberData(nameof(Searches))]
    public async Task A_budget_of_forwards_holds(SearchOptions search)
    {
        const int Most = 50;
        var options = Options(search);
        options.WithDecoding(options.GetDecoding()! with { Budget = new BudgetOptions { MaxForwards = Most } });
        var answer = await _client.GetResponseAsync(Question, options);

        // A batch that has begun is finished.
        Assert.InRange(answer.Usage!.AdditionalCounts!["ForwardPassCount"], Most - 16, Most + 16);
        Assert.NotEmpty(answer.Text);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
    }

    [Fact]
    public async Task An_alignment_prompt_is_read_as_a_system_message()
    {
        const string Prompt = "Answer in capital letters.";
        var greedy = _deal with { TopK = 1, Lookahead = 0 };
        var told = await _client.GetResponseAsync([new ChatMessage(ChatRole.System, Prompt), new ChatMessage(ChatRole.User, Question)], Options(greedy));
        var aligned = await _client.GetResponseAsync(Question, Options(greedy with { AlignmentPrompt = Prompt }));
        Assert.Equal((told.Text, told.Usage!.InputTokenCount), (aligned.Text, aligned.Usage!.InputTokenCount));
        Assert.True(aligned.Usage.InputTokenCount > (await _client.GetResponseAsync(Question, Options(greedy))).Usage!.InputTokenCount);
    }

    private static double Adherence(string text) => _words.Count(text.Contains) / (double)_words.Length;

    private static ChatOptions Options(SearchOptions? search) => new ChatOptions { Temperature = 1, Seed = 3, MaxOutputTokens = 60 }.WithDecoding(new DecodingOptions { Search = search });
}
