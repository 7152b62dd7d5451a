namespace Decant.Tests.Decoding.Search.Consensus;

/// <summary>Votes, against drawing the texts one by one and counting.</summary>
public class SelfConsistencyTests
{
    // The likeliest text says 5; the likeliest answer is 7.
    private static SearchToy Sums() => new("ab57", (text, next) =>
    {
        switch (text)
        {
            case "":
                (next['5'], next['a'], next['b'], next['7']) = (.4, .2, .25, .15);
                break;
            case "a" or "b":
                (next['7'], next['5']) = (.9, .1);
                break;
            default:
                next[SearchToy.End] = 1;
                break;
        }
    });

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void The_answer_that_most_texts_come_to_wins_and_of_equal_ones_the_likelier_and_its_likeliest_text_is_given(int n)
    {
        using var toy = Sums();
        var probabilities = toy.Enumerate(3);
        var (scores, overtaken) = (new List<double>(), 0);
        for (var seed = 0; seed < 60; seed++)
        {
            var texts = Enumerable.Range(0, n).Select(index => toy.Text(toy.Plan(null, new SamplingOptions { Seed = new PositionNoise(seed).Derive(index).Seed }))).ToList();
            var expected = texts.GroupBy(text => text.Contains('7')).OrderByDescending(same => same.Count()).ThenByDescending(same => same.Sum(text => probabilities[text])).ToList();
            var given = toy.Run(toy.Plan(new SelfConsistencyOptions { N = n, Results = n }, new SamplingOptions { Seed = seed }));
            Assert.Equal(expected.Select(same => same.MaxBy(text => probabilities[text])), given.Select(result => result.Text));
            Assert.Equal(expected.Select(same => (double?)same.Count() / n), given.Select(result => result.Score));
            scores.Add(given[0].Score!.Value);
            if (given[0].Score == .5 && texts[0].Contains('7') != given[0].Text.Contains('7')) overtaken++;
        }

        // Two of three agree: .6667. Of two that do not, the later one may be the likelier.
        Assert.Contains(n == 3 ? 2 / 3.0 : .5, scores);
        Assert.True(n == 3 || overtaken > 0);
    }

    [Fact]
    public void Greedy_decoding_says_what_is_likely_to_be_said_and_a_vote_what_is_likely_to_be_so()
    {
        using var toy = Sums();
        Assert.Equal("5$", toy.Text(toy.Plan(null, new GreedyOptions())));
        var (text, score, _) = toy.Run(toy.Plan(new SelfConsistencyOptions { N = 200 }))[0];
        Assert.Equal("b7$", text);
        Assert.Equal(.15 + (.45 * .9), score!.Value, .1);
    }

    [Fact]
    public void A_pattern_says_what_is_compared()
    {
        using var toy = Sums();
        var (text, score, _) = toy.Run(toy.Plan(new SelfConsistencyOptions { N = 200, Extract = "^(.)" }))[0];
        Assert.Equal("5$", text);
        Assert.Equal(.4, score!.Value, .1);
    }

    [Fact]
    public void Texts_that_were_cut_off_have_no_vote_where_others_were_not()
    {
        // Most texts go on and on; those that end are few, and all alike.
        using var toy = new SearchToy("ab", (text, next) =>
        {
            if (text == "") (next['a'], next['b']) = (.7, .3);
            else if (text[0] == 'a') next['a'] = 1;
            else next[SearchToy.End] = 1;
        });
        Assert.Equal(("b$", 1.0, FinishKind.EndToken), toy.Run(toy.Plan(new SelfConsistencyOptions { N = 20 }), 6)[0]);
        var (text, score, finish) = toy.Run(toy.Plan(new SelfConsistencyOptions { N = 20 }, null, new PatternOptions { Pattern = "a+" }), 6)[0];
        Assert.Equal(("aaaaaa", 1.0, FinishKind.MaxTokens), (text, score, finish));
    }

    [Fact]
    public void Speculation_leaves_the_vote_as_it_is()
    {
        using var toy = Sums();
        var options = new DecodingOptions { Search = new SelfConsistencyOptions { N = 9, Results = 9 }, Sampling = new SamplingOptions { Seed = 4 } };
        Assert.Equal(toy.Run(toy.Plan(options)), toy.Run(toy.Plan(options with { Speculation = new PromptLookupOptions() })));
    }

    [Fact]
    public void Where_constraints_leave_no_way_the_dead_end_is_thrown()
    {
        using var toy = new SearchToy("ab", (text, next) => next[text == "" ? 'a' : SearchToy.End] = 1);
        Assert.Throws<NoTokenAllowedException>(() => toy.Run(toy.Plan(new SelfConsistencyOptions(), null, new PatternOptions { Pattern = "ab" })));
    }

    [Fact]
    public void Greedy_sampling_is_refused()
    {
        using var toy = Sums();
        Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => toy.Plan(new SelfConsistencyOptions(), new GreedyOptions())).Message);
    }
}
