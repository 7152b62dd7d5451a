namespace Decant.Tests.Decoding.Search;

/// <summary>Best-of-N: what it answers with, against drawing the texts one by one.</summary>
public class BestOfTests
{
    private static SearchToy Letters() => new("abc", (text, next) =>
    {
        (next['a'], next['b'], next['c']) = text.Length % 2 == 0 ? (.5, .3, .1) : (.2, .3, .4);
        next[SearchToy.End] = .1;
    });

    [Fact]
    public void It_answers_with_the_best_of_the_texts_that_its_noises_draw()
    {
        using var toy = Letters();
        var reward = toy.Reward(text => text.Count('c'.Equals));
        for (var seed = 0; seed < 20; seed++)
        {
            var texts = Enumerable.Range(0, 6).Select(index => toy.Text(toy.Plan(null, new SamplingOptions { Seed = new PositionNoise(seed).Derive(index).Seed }), 12)).ToList();
            var best = toy.Run(toy.Plan(new BestOfOptions { N = 6, Results = 3, Rewards = [reward] }, new SamplingOptions { Seed = seed }), 12);
            Assert.Equal(texts.OrderByDescending(text => text.EndsWith(SearchToy.End)).ThenByDescending(text => text.Count('c'.Equals)).Take(3), best.Select(result => result.Text));
            Assert.All(best, result => Assert.Equal(result.Text.Count('c'.Equals), result.Score));
        }
    }

    [Fact]
    public void It_wins_as_often_as_order_statistics_say()
    {
        // Against one more text of distinct scores, the best of N wins N / (N + 1) of the time.
        using var toy = new SearchToy("abcdefgh", (text, next) =>
        {
            if (text.Length == 4) next[SearchToy.End] = 1;
            else foreach (var letter in "abcdefgh") next[letter] = .125;
        });
        var reward = toy.Reward(text => text.Aggregate(0.0, (sum, letter) => (8 * sum) + letter - 'a'));
        const int Runs = 3000;
        var wins = 0.0;
        for (var seed = 0; seed < Runs; seed++)
        {
            var best = toy.Run(toy.Plan(new BestOfOptions { N = 4, Rewards = [reward] }, new SamplingOptions { Seed = seed }))[0].Score!.Value;
            var other = toy.Run(toy.Plan(new BestOfOptions { N = 1, Rewards = [reward] }, new SamplingOptions { Seed = seed + 1_000_000 }))[0].Score!.Value;
            wins += best > other ? 1 : best == other ? .5 : 0;
        }

        Assert.Equal(.8, wins / Runs, .025);
        Assert.Equal(.6363, new BestOfOptions { N = 4 }.KlBound, 1e-4);
        Assert.Equal(1.2044, new BestOfOptions { N = 8 }.KlBound, 1e-4);
    }

    [Theory]
    [InlineData(null, false, .75)]
    [InlineData(null, true, .25)]
    [InlineData(1.0, false, .6155)]
    [InlineData(1.0, true, .3845)]
    [InlineData(.5, false, .6904)]
    [InlineData(1e-3, false, .75)]
    [InlineData(1e-320, false, .75)]
    public void An_answer_is_drawn_by_its_score_or_the_best_or_the_worst(double? beta, bool worst, double expected)
    {
        // Of two texts both are b with ¼, both a with ¼; of an a and a b, a wins with σ(1 / β).
        using var toy = new SearchToy("ab", (text, next) => (next['a'], next['b'], next[SearchToy.End]) = text.Length == 0 ? (.5, .5, 0.0) : (0, 0, 1));
        var search = new BestOfOptions { N = 2, Beta = beta, Worst = worst, Rewards = [toy.Reward(text => text == "a" ? 2 : 1)] };
        const int Runs = 3000;
        var count = 0;
        for (var seed = 0; seed < Runs; seed++)
        {
            var sampling = new SamplingOptions { Seed = seed };
            var (text, score, _) = toy.Run(toy.Plan(search, sampling))[0];
            Assert.Equal(text == "a$" ? 2 : 1, score);
            if (text == "a$") count++;
            if (seed < 50) Assert.Equal(text, toy.Run(toy.Plan(search with { Results = 2 }, sampling))[0].Text);
        }

        Assert.Equal(expected, (double)count / Runs, .03);
    }

    [Fact]
    public void Results_of_the_worst_begin_with_the_worst()
    {
        using var toy = Letters();
        var results = toy.Run(toy.Plan(new BestOfOptions { N = 6, Results = 6, Worst = true, Rewards = [toy.Reward(text => text.Count('c'.Equals))] }), 12);
        Assert.Equal(results.OrderByDescending(result => result.Finish == FinishKind.EndToken).ThenBy(result => result.Score), results);
        Assert.True(results[0].Score < results.Where(result => result.Finish == FinishKind.EndToken).Max(result => result.Score));
    }

    [Fact]
    public void The_prompt_runs_once_and_all_texts_together()
    {
        using var toy = Letters();
        toy.Run(toy.Plan(new BestOfOptions { N = 8, Rewards = [toy.Reward(text => text.Length)] }), 5);
        Assert.InRange(toy.Last.Counter.Tokens, 8, 40);
        Assert.Equal(toy.Last.Counter.Tokens, toy.Last.Counter.Target);
        Assert.Equal(8, toy.Last.Rewards.Scored + toy.Last.Rewards.Known);
    }

    [Fact]
    public void Spent_budgets_leave_the_best_so_far()
    {
        using var toy = new SearchToy("ab", (text, next) => (next['a'], next['b']) = (.5, .5));
        var search = new BestOfOptions { N = 4, Rewards = [toy.Reward(text => text.Count('b'.Equals))] };
        foreach (var budget in (BudgetOptions[])[new() { MaxForwards = 20 }, new() { MaxTokens = 20 }])
        {
            var (text, score, finish) = toy.Run(toy.Plan(new DecodingOptions { Search = search, Sampling = new SamplingOptions { Seed = 3 }, Budget = budget }), 50)[0];
            Assert.Equal((FinishKind.Budget, text.Count('b'.Equals)), (finish, score));
            Assert.InRange(toy.Last.Counter.Tokens, 20, 24);
        }
    }

    [Fact]
    public void Speculation_writes_the_same_texts_in_fewer_forwards()
    {
        using var toy = new SearchToy("abc", (text, next) =>
        {
            var last = text.Length > 2 ? text[^3] : 'a';
            foreach (var letter in "abc") next[letter] = letter == last ? .9 : .05;
        });
        var options = new DecodingOptions { Search = new BestOfOptions { N = 3, Results = 3, Rewards = [toy.Reward(text => text.Count('b'.Equals))] }, Sampling = new SamplingOptions { Seed = 4 } };
        var plain = toy.Run(toy.Plan(options), 40);
        var forwards = toy.Last.Counter.Total;
        Assert.Equal(plain, toy.Run(toy.Plan(options with { Speculation = new PromptLookupOptions() }), 40));
        Assert.InRange(toy.Last.Counter.Total, 1, forwards * 3 / 4);
        Assert.True(toy.Last.Speculation.Accepted > 0);
        Assert.Equal(120, toy.Last.Counter.Tokens);
    }

    [Fact]
    public async Task The_trace_has_the_score_of_every_text()
    {
        using var toy = Letters();
        var plan = toy.Plan(new BestOfOptions { N = 4, Results = 2, Rewards = [toy.Reward(text => text.Count('c'.Equals))] });
        using var sequence = toy.Model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1 }, Plan = plan, MaxTokens = 9, EndTokens = [0] };
        var recorder = new TraceRecorder(request, toy.Vocabulary);
        await foreach (var token in Generator.GenerateAsync(request with { Trace = recorder }))
        {
            Assert.Equal(token.Score, recorder.Tokens[^1].Score);
            Assert.Equal(token.Finish is null, token.Score is null);
        }

        Assert.Equal(2, recorder.Tokens.Count(token => token.Score is not null));
    }

    [Fact]
    public void Constraints_hold_in_every_text()
    {
        using var toy = Letters();
        var results = toy.Run(toy.Plan(new BestOfOptions { N = 8, Results = 8, Rewards = [toy.Reward(text => text.Length)] }, null, new PatternOptions { Pattern = "a[bc]{2,3}" }));
        Assert.All(results, result => Assert.Matches(@"^a[bc]{2,3}\$$", result.Text));
    }

    [Fact]
    public void Greedy_sampling_is_refused()
    {
        using var toy = Letters();
        Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => toy.Plan(new BestOfOptions { Rewards = [toy.Reward(_ => 0)] }, new GreedyOptions())).Message);
    }
}
