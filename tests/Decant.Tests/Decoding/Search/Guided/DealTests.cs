namespace Decant.Tests.Decoding.Search.Guided;

/// <summary>Lookahead search: against the card's numbers, and against a reference that computes every text anew.</summary>
public class DealTests
{
    private static SearchToy Card() => new("abxy", (text, next) =>
    {
        if (text.Length == 0) (next['a'], next['b']) = (.6, .4);
        else next[text[0] == 'a' ? 'x' : 'y'] = 1;
    });

    [Theory]
    [InlineData(0, 1, "ax")]
    [InlineData(0.405, 1, "ax")]
    [InlineData(0.406, 1, "by")]
    [InlineData(1, 1, "by")]
    [InlineData(1, 0, "ax")]
    public void A_reward_that_lies_ahead_turns_the_choice_where_it_weighs_ln_1_5(double weight, int lookahead, string expected)
    {
        using var toy = Card();
        var reward = toy.Reward(text => text.Count('y'.Equals));
        var (text, score, _) = toy.Run(toy.Plan(new DealOptions { Rewards = [reward], RewardWeight = weight, Lookahead = lookahead, Keep = 1 }, new GreedyOptions()), 2)[0];
        Assert.Equal(expected, text);
        Assert.Equal(expected == "ax" ? Math.Log(.6) : Math.Log(.4) + weight, score!.Value, 1e-6);
    }

    public static TheoryData<DealOptions> Settings => [.. Vary()];

    [Theory]
    [MemberData(nameof(Settings))]
    public void It_answers_as_the_reference_does(DealOptions options)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            using var toy = new GuidedToy(seed);
            var search = options with { Rewards = [toy.Toy.Reward(toy.Reward)] };
            var (text, score) = Reference(toy, options, 7, new PositionNoise(1));
            var result = toy.Toy.Run(toy.Toy.Plan(search), 7)[0];
            Assert.Equal(text, result.Text);
            Assert.Equal(score, result.Score!.Value, 1e-4);
        }
    }

    [Fact]
    public void With_a_weight_of_0_and_one_beginning_it_is_greedy_decoding()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var toy = new GuidedToy(seed);
            var search = new DealOptions { Rewards = [toy.Toy.Reward(toy.Reward)], RewardWeight = 0, Keep = 1 };
            var greedy = toy.Toy.Text(toy.Toy.Plan(null, new GreedyOptions()), 12);
            Assert.Equal(greedy, toy.Toy.Text(toy.Toy.Plan(search, new GreedyOptions()), 12));
            Assert.Equal(greedy, toy.Toy.Text(toy.Toy.Plan(search with { TopK = 1, RewardWeight = 5, Lookahead = 0 }, new GreedyOptions()), 12));
        }
    }

    [Fact]
    public void No_text_is_run_twice()
    {
        foreach (var options in Vary())
        {
            using var toy = new GuidedToy(3);
            toy.Toy.Run(toy.Toy.Plan(options with { Rewards = [toy.Toy.Reward(toy.Reward)], Rollouts = RolloutKind.Greedy }), 9);
            Assert.All(toy.Asked, asked => Assert.Equal(1, asked.Value));
        }
    }

    [Fact]
    public void A_reward_that_is_enough_ends_the_search()
    {
        var (forwards, differing) = (0, 0);
        for (var seed = 0; seed < 20; seed++)
        {
            using var toy = new GuidedToy(seed);
            var search = new DealOptions { Rewards = [toy.Toy.Reward(toy.Reward)], RewardWeight = 5, Keep = 2 };
            var all = toy.Toy.Run(toy.Toy.Plan(search), 16)[0];
            var reports = toy.Toy.Reports.ToList();
            forwards += toy.Toy.Last.Counter.Total;
            var first = toy.Toy.Run(toy.Toy.Plan(search with { TargetReward = .6 }), 16)[0];
            var enough = reports.Find(report => report.Text.EndsWith(SearchToy.End) && toy.Reward(report.Text) >= .6).Text;
            Assert.Equal(enough ?? all.Text, first.Text);
            differing += enough is not null && enough != all.Text ? 1 : 0;
            forwards -= toy.Toy.Last.Counter.Total;
        }

        Assert.True(forwards > 100 && differing > 0, $"{forwards} forwards saved, {differing} texts differ");
    }

    [Fact]
    public void Speculation_in_lookaheads_changes_no_answer() => GuidedToy.AssertSpeculationChangesNothing(Vary());

    [Fact]
    public void Reports_get_better_until_the_answer()
    {
        var improved = 0;
        for (var seed = 0; seed < 20; seed++)
        {
            using var toy = new GuidedToy(seed);
            var answer = toy.Toy.Run(toy.Toy.Plan(new DealOptions { Rewards = [toy.Toy.Reward(toy.Reward)], RewardWeight = 8 }), 10)[0];
            var ended = toy.Toy.Reports.FindAll(report => report.Text.EndsWith(SearchToy.End)).ConvertAll(report => report.Score);
            Assert.Equal(ended.Order(), ended);
            Assert.Equal((answer.Text, answer.Score!.Value), toy.Toy.Reports[^1]);
            improved += Math.Max(0, ended.Count - 1);
        }

        Assert.True(improved > 2, $"{improved} improvements");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    [InlineData(40)]
    public void A_spent_budget_leaves_the_best_so_far(int forwards)
    {
        using var toy = new SearchToy("ab", (_, next) => (next['a'], next['b']) = (.7, .3));
        var options = new DecodingOptions { Search = new DealOptions { Rewards = [toy.Reward(text => text.Count('b'.Equals))], Keep = 1, RewardWeight = 3 }, Sampling = new GreedyOptions(), Budget = new BudgetOptions { MaxForwards = forwards } };
        var (text, _, finish) = toy.Run(toy.Plan(options), 200)[0];
        Assert.Equal(FinishKind.Budget, finish);
        Assert.InRange(toy.Last.Counter.Total, 1, forwards + 1);
        if (forwards == 40) Assert.StartsWith("bbb", text);
    }

    [Fact]
    public void A_reward_that_may_score_no_more_texts_ends_the_search()
    {
        using var toy = new GuidedToy(1);
        var (text, _, _) = toy.Toy.Run(toy.Toy.Plan(new DealOptions { Rewards = [toy.Toy.Reward(toy.Reward) with { MaxScored = 9 }], TopK = 3, Lookahead = 2 }), 30)[0];
        Assert.InRange(toy.Toy.Last.Rewards.Scored, 9, 12);
        Assert.InRange(text.Length, 1, 5);
    }

    [Fact]
    public void Beginnings_that_lead_into_a_dead_end_are_left()
    {
        using var toy = new SearchToy("abc", (text, next) =>
        {
            if (text.Length == 0) (next['a'], next['b']) = (.9, .1);
            else if (text.Length == 1) (next['a'], next['b']) = (.6, .4);
            else next[SearchToy.End] = 1;
        });
        var search = new DealOptions { Rewards = [toy.Reward(_ => 0)] };
        Assert.Throws<NoTokenAllowedException>(() => toy.Text(toy.Plan(null, new GreedyOptions(), new PatternOptions { Pattern = "ac|b[bc]" })));
        Assert.Equal("bb$", toy.Text(toy.Plan(search, new GreedyOptions(), new PatternOptions { Pattern = "ac|b[bc]" })));
        Assert.Equal("bb$", toy.Text(toy.Plan(search with { Lookahead = 0, Keep = 2 }, new GreedyOptions(), new PatternOptions { Pattern = "ac|b[bc]" })));
        Assert.Throws<NoTokenAllowedException>(() => toy.Text(toy.Plan(search, new GreedyOptions(), new PatternOptions { Pattern = "ac|bc" })));
    }

    [Fact]
    public void Drafts_into_a_dead_end_leave_what_plain_decoding_does()
    {
        // No text ends in c: all that begin with a die after six letters, which are drafted; b has a way out.
        using var toy = new SearchToy("abcd", (text, next) =>
        {
            if (text.Length == 0) (next['a'], next['b']) = (.8, .2);
            else if (text.Length == 7) next[SearchToy.End] = 1;
            else (next['a'], next['b'], next['d']) = text[^1] == 'a' ? (0, .8, .2) : (.7, .2, .1);
        });
        ValueList<RewardOptions> rewards = [toy.Reward(text => text.Count('d'.Equals))];
        foreach (var search in (SearchOptions[])[new DealOptions { Rewards = rewards, RewardWeight = 3, Lookahead = 8 }, new MctsOptions { Rewards = rewards }])
        {
            var options = new DecodingOptions { Search = search, Sampling = new GreedyOptions(), Constraints = [new PatternOptions { Pattern = "(a[bd]){3}c|b(ab){2}[ad]b" }] };
            var expected = toy.Run(toy.Plan(options), 12);
            Assert.Equal("bababdb$", expected[0].Text);
            var (reports, forwards) = (toy.Reports.ToList(), toy.Last.Counter.Target);
            Assert.Equal(expected, toy.Run(toy.Plan(options with { Speculation = new PromptLookupOptions { MinNgram = 1, MaxTokens = 6 } }), 12));
            Assert.Equal(reports, toy.Reports);
            Assert.True(toy.Last.Speculation.Accepted > 0, "nothing was drafted");
            Assert.NotEqual(forwards, toy.Last.Counter.Target);
        }
    }

    [Fact]
    public void Rewards_of_whole_texts_are_refused()
    {
        using var toy = Card();
        Assert.Contains("\"deal\"", Assert.Throws<ArgumentException>(() => toy.Plan(new DealOptions { Rewards = [toy.Reward(_ => 0, scoresPartial: false)] })).Message);
    }

    private static IEnumerable<DealOptions> Vary()
    {
        var options = new DealOptions();
        yield return options;
        yield return options with { RewardWeight = 4, Keep = 1 };
        yield return options with { RewardWeight = 10, Keep = 3, TopK = 2, Lookahead = 0 };
        yield return options with { RewardWeight = 3, Keep = 2, TopK = 3, Lookahead = 5, BlockTokens = 2 };
        yield return options with { RewardWeight = 6, Keep = 2, Lookahead = 20, BlockTokens = 3, CandidateProbability = 0.2 };
        yield return options with { RewardWeight = 6, Keep = 2, TopK = 3, Lookahead = 2, Rollouts = RolloutKind.Plan };
        yield return options with { RewardWeight = 6, Keep = 1, TopK = 4, Lookahead = 3, BlockTokens = 4, Rollouts = RolloutKind.Plan };
    }

    private static (string Text, double Score) Reference(GuidedToy toy, DealOptions options, int maxTokens, PositionNoise noise)
    {
        string Roll(string text, int length) => options.Rollouts == RolloutKind.Greedy ? toy.Greedy(text, Math.Min(length, maxTokens)) : toy.Draw(text, Math.Min(length, maxTokens), noise);
        bool Ends(string text) => text.EndsWith(SearchToy.End) || text.Length == maxTokens;
        List<(string Kept, string Ahead, double Score)> kept = [("", "", 0)];
        (string Text, double Score)? best = null;
        for (var length = options.BlockTokens; ; length += options.BlockTokens)
        {
            List<(string, string, double)> tries = [.. kept.Where(each => Ends(each.Kept))];
            foreach (var (begin, _, _) in kept.Where(each => !Ends(each.Kept)))
            {
                foreach (var (letter, probability) in toy.Next(begin).Where(next => next.Probability > 0).Take(options.TopK).Where((next, index) => index == 0 || next.Probability >= options.CandidateProbability))
                {
                    var ahead = Roll(begin + letter, begin.Length + 1 + options.Lookahead);
                    var block = ahead[..Math.Min(ahead.Length, length)];
                    tries.Add((block, ahead, toy.LogProbability(block) + (options.RewardWeight * toy.Reward(ahead))));
                }
            }

            kept = [.. tries.OrderByDescending(each => each.Item3).Take(options.Keep)];
            foreach (var (_, ahead, _) in kept.Where(each => Ends(each.Ahead)))
            {
                var score = toy.LogProbability(ahead) + (options.RewardWeight * toy.Reward(ahead));
                var (isWhole, bestIsWhole) = (ahead.EndsWith(SearchToy.End), best?.Text.EndsWith(SearchToy.End) == true);
                if (best is null || (isWhole, score).CompareTo((bestIsWhole, best.Value.Score)) > 0) best = (ahead, score);
            }

            if (kept.TrueForAll(each => Ends(each.Kept))) return best!.Value;
        }
    }
}
