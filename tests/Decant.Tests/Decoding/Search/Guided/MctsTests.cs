namespace Decant.Tests.Decoding.Search.Guided;

/// <summary>Tree search: against the card's numbers, a reference without any cache, and the best of all texts.</summary>
public class MctsTests
{
    private static SearchToy Card() => new("ab", (_, next) => (next['a'], next['b']) = (.7, .3));

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    public void It_finds_the_least_likely_text_where_that_is_the_best(double c)
    {
        // Without closing what is known, the authors' rule needs 87 and 62 simulations.
        using var toy = Card();
        var search = new MctsOptions { Rewards = [toy.Reward(text => text.Count('b'.Equals) / 4.0)], Width = 2, C = c };
        Assert.Equal(("aaaa", 0.0), (toy.Run(toy.Plan(search with { Simulations = 1 }), 4)[0] is var (first, score, _) ? (first, score!.Value) : default));
        Assert.Equal(("bbbb", 1.0), (toy.Run(toy.Plan(search with { Simulations = 100 }), 4)[0] is var (text, best, _) ? (text, best!.Value) : default));
        Assert.InRange(toy.Last.Rewards.Scored, 2, 16);
    }

    public static TheoryData<MctsOptions> Settings => [.. Vary()];

    [Theory]
    [MemberData(nameof(Settings))]
    public void It_goes_where_the_reference_goes(MctsOptions options)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var toy = new GuidedToy(seed);
            var reports = Reference(toy, options, 6);
            var answer = toy.Toy.Run(toy.Toy.Plan(options with { Rewards = [toy.Toy.Reward(toy.Reward)] }, new SamplingOptions { Seed = 2 }), 6)[0];
            Assert.Equal(reports, toy.Toy.Reports.ConvertAll(report => report.Text));
            Assert.Equal((reports[^1], toy.Reward(reports[^1])), (answer.Text, answer.Score!.Value));
            if (options.Rollouts == RolloutKind.Greedy) Assert.All(toy.Asked, asked => Assert.Equal(1, asked.Value));
        }
    }

    [Fact]
    public void Without_limits_it_finds_the_best_of_all_texts()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            using var toy = new GuidedToy(seed);
            var search = new MctsOptions { Rewards = [toy.Toy.Reward(toy.Reward)], Width = 4, Simulations = 4096 };
            var all = toy.Toy.Enumerate(5);
            var best = all.Keys.OrderByDescending(text => text.EndsWith(SearchToy.End)).ThenByDescending(toy.Reward).First();
            toy.Asked.Clear();
            Assert.Equal((best, toy.Reward(best)), toy.Toy.Run(toy.Toy.Plan(search), 5)[0] is var (text, score, _) ? (text, score!.Value) : default);
            Assert.Equal(all.Count, toy.Toy.Last.Rewards.Scored);
            Assert.All(toy.Asked, asked => Assert.Equal(1, asked.Value));
        }
    }

    [Fact]
    public void The_highest_reward_there_is_ends_it()
    {
        var saved = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            using var toy = new GuidedToy(seed);
            var search = new MctsOptions { Rewards = [toy.Toy.Reward(text => toy.Reward(text) >= .8 ? 1 : 0)], Width = 4, Simulations = 4096 };
            var expected = toy.Toy.Run(toy.Toy.Plan(search), 4)[0];
            saved += toy.Toy.Last.Rewards.Scored;
            Assert.Equal(expected, toy.Toy.Run(toy.Toy.Plan(search with { Rewards = [toy.Toy.Reward(toy.Reward) with { Threshold = .8 }] }), 4)[0]);
            saved -= toy.Toy.Last.Rewards.Scored;
        }

        Assert.True(saved > 200, $"{saved} texts less");
    }

    [Fact]
    public void A_horizon_cuts_texts_and_rewards_of_whole_texts_pass_them_over()
    {
        using var toy = new GuidedToy(2);
        var search = new MctsOptions { Rewards = [toy.Toy.Reward(toy.Reward)], Horizon = 2, Width = 3 };
        Assert.Equal((2, FinishKind.MaxTokens), toy.Toy.Run(toy.Toy.Plan(search with { Simulations = 1 }), 9)[0] is var (text, _, finish) ? (text.Length, finish!.Value) : default);
        var whole = toy.Toy.Run(toy.Toy.Plan(new MctsOptions { Rewards = [toy.Toy.Reward(toy.Reward, "whole", scoresPartial: false)], Backup = MctsBackup.Mean, Width = 4, Simulations = 500 }), 4)[0];
        Assert.EndsWith("$", whole.Text);
        Assert.Equal(toy.Toy.Enumerate(4).Keys.Where(each => each.EndsWith(SearchToy.End)).Max(toy.Reward), whole.Score);
    }

    [Fact]
    public void Speculation_in_rollouts_changes_nothing_but_forwards() => GuidedToy.AssertSpeculationChangesNothing(Vary());

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void A_spent_budget_leaves_the_best_so_far(int forwards)
    {
        using var toy = Card();
        var options = new DecodingOptions { Search = new MctsOptions { Rewards = [toy.Reward(text => text.Count('b'.Equals))], Width = 2, Simulations = 4096 }, Budget = new BudgetOptions { MaxForwards = forwards } };
        var (text, score, finish) = toy.Run(toy.Plan(options), 8)[0];
        Assert.InRange(toy.Last.Counter.Total, 1, forwards);
        Assert.Equal(forwards < 8 ? (forwards, FinishKind.Budget) : (8, FinishKind.MaxTokens), (text.Length, finish!.Value));
        Assert.Equal(text.Count('b'.Equals), score);
    }

    [Fact]
    public void Dead_ends_are_left_and_all_dead_is_an_error()
    {
        using var toy = new SearchToy("abc", (text, next) => (next['a'], next['b'], next[SearchToy.End]) = text.Length < 2 ? (.9, .1, 0.0) : (0, 0, 1));
        var search = new MctsOptions { Rewards = [toy.Reward(_ => 0)] };
        Assert.Equal("bb$", toy.Text(toy.Plan(search, new GreedyOptions(), new PatternOptions { Pattern = "ac|b[bc]" })));
        Assert.Throws<NoTokenAllowedException>(() => toy.Text(toy.Plan(search, new GreedyOptions(), new PatternOptions { Pattern = "ac|bc" })));
    }

    private static IEnumerable<MctsOptions> Vary()
    {
        var options = new MctsOptions();
        yield return options;
        yield return options with { C = .2, CBase = .5, Simulations = 30 };
        yield return options with { Width = 4, Backup = MctsBackup.Mean, C = 1 };
        yield return options with { Width = 2, Horizon = 4, Simulations = 9 };
        yield return options with { Rollouts = RolloutKind.Plan, Simulations = 20 };
    }

    /// <summary>The texts that were the best when they were found.</summary>
    private static List<string> Reference(GuidedToy toy, MctsOptions options, int maxTokens)
    {
        maxTokens = Math.Min(maxTokens, options.Horizon ?? maxTokens);
        bool Ends(string text) => text.EndsWith(SearchToy.End) || text.Length == maxTokens;
        Dictionary<string, List<double>> returns = [];
        HashSet<string> closed = [];
        List<string> best = [];
        List<(string Text, double Prior)> Children(string text)
        {
            var likeliest = toy.Next(text).Where(next => next.Probability > 0).Take(options.Width).ToList();
            return likeliest.ConvertAll(next => (text + next.Letter, next.Probability / likeliest.Sum(each => each.Probability)));
        }

        double Score(string parent, string child, double prior)
        {
            var visits = returns[parent].Count;
            var seen = returns.GetValueOrDefault(child, []);
            var value = seen.Count == 0 ? 0 : options.Backup == MctsBackup.Max ? seen.Max() : seen.Average();
            return value + ((Math.Log((visits + options.CBase + 1) / options.CBase) + options.C) * prior * Math.Sqrt(Math.Log(visits)) / (1 + seen.Count));
        }

        for (var i = 0; i < options.Simulations && !closed.Contains(""); i++)
        {
            var node = "";
            while (returns.ContainsKey(node)) node = Children(node).Where(child => !closed.Contains(child.Text)).MaxBy(child => Score(node, child.Text, child.Prior)).Text;
            var text = options.Rollouts == RolloutKind.Greedy ? toy.Greedy(node, maxTokens) : toy.Draw(node, maxTokens, new PositionNoise(2));
            if (Ends(node)) closed.Add(node);
            for (var length = node.Length; length >= 0; length--)
            {
                if (!returns.TryAdd(node[..length], [toy.Reward(text)])) returns[node[..length]].Add(toy.Reward(text));
                if (!Ends(node[..length]) && Children(node[..length]).TrueForAll(child => closed.Contains(child.Text))) closed.Add(node[..length]);
            }

            (bool, double) Rank(string each) => (each.EndsWith(SearchToy.End), toy.Reward(each));
            if (best.Count == 0 || Rank(text).CompareTo(Rank(best[^1])) > 0) best.Add(text);
        }

        return best;
    }
}
