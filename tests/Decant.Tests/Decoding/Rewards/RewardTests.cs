namespace Decant.Tests.Decoding.Rewards;

/// <summary>How rewards are added up, what they are asked, and what becomes of their faults; by way of a search.</summary>
public sealed class RewardTests : IDisposable
{
    private readonly SearchToy _toy = new("ab", (text, next) => (next['a'], next['b'], next[SearchToy.End]) = text.Length < 3 ? (.5, .5, 0.0) : (0, 0, 1));

    public void Dispose() => _toy.Dispose();

    private List<(string Text, double? Score, FinishKind? Finish)> Run(params RewardOptions[] rewards) => _toy.Run(_toy.Plan(new BestOfOptions { N = 16, Results = 16, Rewards = [.. rewards] }));

    [Fact]
    public void Scores_are_weighed_and_added()
    {
        var results = Run(_toy.Reward(text => text.Count('a'.Equals), "a") with { Weight = 2 }, _toy.Reward(text => text.Count('b'.Equals), "b") with { Weight = -0.5 });
        Assert.All(results, result => Assert.Equal((2 * result.Text.Count('a'.Equals)) - (0.5 * result.Text.Count('b'.Equals)), result.Score));
    }

    [Fact]
    public void A_threshold_makes_a_score_yes_or_no()
        => Assert.All(Run(_toy.Reward(text => text.Count('a'.Equals)) with { Threshold = 2, Weight = 3 }), result => Assert.Equal(result.Text.Count('a'.Equals) >= 2 ? 3 : 0, result.Score));

    [Fact]
    public void A_text_is_scored_once_and_all_together()
    {
        var reward = new Recording();
        var results = Run(_toy.Reward(reward));
        var batch = Assert.Single(reward.Batches);
        Assert.Equal(results.Select(result => result.Text.TrimEnd('$')).Distinct().Order(), batch.Order());
        Assert.Equal((batch.Count, 16 - batch.Count), (_toy.Last.Rewards.Scored, _toy.Last.Rewards.Known));
    }

    [Fact]
    public void Batches_are_no_larger_than_a_reward_takes()
    {
        var reward = new Recording { MaxBatch = 3 };
        Run(_toy.Reward(reward));
        Assert.All(reward.Batches[..^1], batch => Assert.Equal(3, batch.Count));
        Assert.InRange(reward.Batches[^1].Count, 1, 3);
    }

    [Fact]
    public void No_more_texts_are_scored_than_a_reward_may_and_one_of_them_is_the_answer()
    {
        var reward = new Recording { MaxBatch = 2 };
        var results = Run(_toy.Reward(reward) with { MaxScored = 3 }, _toy.Reward(text => text.Count('a'.Equals), "other"));
        Assert.Equal(3, reward.Batches.Sum(batch => batch.Count));
        Assert.Subset(reward.Batches.SelectMany(batch => batch).ToHashSet(), results.Select(result => result.Text.TrimEnd('$')).ToHashSet());
        Assert.InRange(results.Count, 3, 15);

        // What is dropped limits nothing.
        results = Run(_toy.Reward(new Faulty("NaN"), "broken") with { MaxScored = 1, OnFault = RewardFaultPolicy.Drop }, _toy.Reward(text => text.Length));
        Assert.Equal(16, results.Count);
    }

    [Fact]
    public void A_reward_that_is_dropped_late_counts_for_no_text()
    {
        // As many texts as the other reward may score at first have one twice, so that it may score one more.
        var texts = Enumerable.Range(0, 16).Select(i => _toy.Text(_toy.Plan(null, new SamplingOptions { Seed = new PositionNoise(1).Derive(i).Seed })).TrimEnd('$')).ToList();
        var first = Enumerable.Range(1, 16).First(count => texts.Take(count).Distinct().Count() < count);
        var late = _toy.Reward(text => texts.Take(first).Contains(text) ? 100 : throw new InvalidOperationException("it is broken"), "late") with { OnFault = RewardFaultPolicy.Drop };
        var results = Run(late, _toy.Reward(text => text.Count('a'.Equals)) with { MaxScored = first });
        Assert.Contains("\"late\"", Assert.Single(_toy.Last.Rewards.Warnings));
        Assert.All(results, result => Assert.Equal(result.Text.Count('a'.Equals), result.Score));
    }

    [Fact]
    public void Where_all_texts_are_cut_off_a_reward_of_whole_ones_says_so()
    {
        var whole = _toy.Reward(_ => 1, "whole", scoresPartial: false);
        var cut = _toy.Run(_toy.Plan(new BestOfOptions { N = 4, Results = 4, Rewards = [whole] }), maxTokens: 2);
        Assert.All(cut, result => Assert.Equal((FinishKind.MaxTokens, null), (result.Finish, result.Score)));
        Assert.Contains("\"whole\"", Assert.Single(_toy.Last.Rewards.Warnings));
        Assert.Equal(0, _toy.Last.Rewards.Scored);
        Assert.All(Run(whole), result => Assert.Equal(1, result.Score));
        Assert.Empty(_toy.Last.Rewards.Warnings);
    }

    [Theory]
    [InlineData("throws", "failed: it is broken")]
    [InlineData("NaN", "NaN")]
    [InlineData("infinite", "no finite number")]
    [InlineData("huge", "beyond ±1E+100")]
    [InlineData("short", "gave 0 scores")]
    [InlineData("null", "gave 0 scores")]
    [InlineData("hangs", "took longer than 0.3 s")]
    [InlineData("blocks", "took longer than 0.3 s")]
    public void A_fault_fails_the_call_or_drops_the_reward_by_name(string fault, string message)
    {
        var faulty = _toy.Reward(new Faulty(fault), "broken") with { TimeoutSeconds = message.StartsWith("took", StringComparison.Ordinal) ? 0.3 : 60 };
        var good = _toy.Reward(text => text.Count('a'.Equals), "good");
        var exception = Assert.Throws<RewardException>(() => Run(faulty, good));
        Assert.Equal("broken", exception.Reward);
        Assert.Contains("\"broken\"", exception.Message);
        Assert.Contains(message, exception.Message);

        var results = Run(faulty with { OnFault = RewardFaultPolicy.Drop }, good);
        Assert.All(results, result => Assert.Equal(result.Text.Count('a'.Equals), result.Score));
        Assert.Contains("\"broken\"", Assert.Single(_toy.Last.Rewards.Warnings));
    }

    [Fact]
    public void Cancelling_is_no_fault()
    {
        using var cancel = new CancellationTokenSource();
        var reward = _toy.Reward(new DelegateReward(_ =>
        {
            cancel.Cancel();
            return 0;
        })) with { OnFault = RewardFaultPolicy.Drop };
        Assert.ThrowsAny<OperationCanceledException>(() => _toy.Run(_toy.Plan(new BestOfOptions { Rewards = [reward] }), cancellationToken: cancel.Token));
    }

    [Fact]
    public void A_reward_that_is_not_there_is_named()
        => Assert.Contains("\"nobody\"", Assert.Throws<ArgumentException>(() => Run(new NamedRewardOptions { Reward = "nobody" })).Message);

    [Theory]
    [InlineData("<think>", "</think>", false, "<think>why</think>\n\nso", "so")]
    [InlineData("<think>", "</think>", false, "so <think>why</think>", "so <think>why</think>")]
    [InlineData("<think>", "</think>", true, "why</think>so", "so")]
    [InlineData("<think>", "</think>", true, "why", "")]
    [InlineData(null, null, false, "why</think>so", "why</think>so")]
    public void What_is_scored_is_the_answer(string? open, string? close, bool isOpen, string text, string answer)
    {
        var reader = new AnswerText(ByteVocabulary.Instance, open is null ? null : new ReasoningSpan(open, close!, isOpen));
        Assert.Equal(answer, reader.Read(System.Text.Encoding.UTF8.GetBytes(text).Select(value => (int)value).Append(256).ToArray()));
    }

    [Fact]
    public void A_character_that_is_not_whole_is_not_there()
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes("é€😀").Select(value => (int)value).ToArray();
        var reader = new AnswerText(ByteVocabulary.Instance, null);
        Assert.Equal(["", "", "é", "é", "é", "é€", "é€", "é€", "é€", "é€😀"], Enumerable.Range(0, 10).Select(count => reader.Read(bytes.AsMemory(0, count))));
    }

    private sealed class Recording : IReward
    {
        public List<List<string>> Batches { get; } = [];

        public int MaxBatch { get; init; } = int.MaxValue;

        public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        {
            Batches.Add([.. candidates.Select(candidate => candidate.Text)]);
            return ValueTask.FromResult<IReadOnlyList<double>>([.. candidates.Select(candidate => (double)candidate.Text.Length)]);
        }
    }

    private sealed class Faulty(string fault) : IReward
    {
        public async ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        {
            if (fault == "throws") throw new InvalidOperationException("it is broken");
            if (fault == "hangs") await Task.Delay(Timeout.Infinite, CancellationToken.None);
            if (fault == "blocks") Thread.Sleep(5000);
            return fault switch
            {
                "NaN" => [.. candidates.Select(_ => double.NaN)],
                "infinite" => [.. candidates.Select(_ => double.PositiveInfinity)],
                "huge" => [.. candidates.Select(_ => double.MaxValue)],
                "null" => null!,
                _ => [],
            };
        }
    }
}
