namespace Decant.Tests.Decoding.Search.Guided;

/// <summary>Segments that rewards choose among: against a reference that draws every text anew, best-of-N, plain decoding and the card's stub of an encoder.</summary>
public class SegmentRerankTests
{
    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(2, 4, 3)]
    [InlineData(3, 2, 1)]
    [InlineData(2, 3, int.MaxValue)]
    public void It_answers_as_the_reference_does(int beams, int samples, int tokens)
    {
        const int MaxTokens = 8;
        for (var seed = 0; seed < 30; seed++)
        {
            using var toy = new GuidedToy(seed);
            bool Ends(string text) => text.EndsWith(SearchToy.End) || text.Length == MaxTokens;
            List<string> kept = [.. Enumerable.Repeat("", beams)];
            while (!kept.TrueForAll(Ends))
            {
                kept = [.. kept.SelectMany((beam, index) => Ends(beam) ? [beam] : Enumerable.Range(index * samples, samples)
                    .Select(noise => toy.Draw(beam, Math.Min(MaxTokens, tokens == int.MaxValue ? MaxTokens : beam.Length + tokens), new PositionNoise(seed).Derive(noise))))
                    .Distinct().OrderByDescending(toy.Reward).Take(beams)];
            }

            var expected = kept.OrderByDescending(text => text.EndsWith(SearchToy.End)).ThenByDescending(toy.Reward).First();
            var search = new SegmentRerankOptions { Rewards = [toy.Toy.Reward(toy.Reward)], Beams = beams, Samples = samples, SegmentTokens = tokens };
            var (text, score, _) = toy.Toy.Run(toy.Toy.Plan(search, new SamplingOptions { Seed = seed }), MaxTokens)[0];
            Assert.Equal((expected, toy.Reward(expected)), (text, score!.Value));
        }
    }

    [Fact]
    public void One_beam_of_whole_texts_is_best_of_N_and_one_sample_plain_decoding()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var toy = new GuidedToy(seed);
            var sampling = new SamplingOptions { Seed = seed };
            var reward = toy.Toy.Reward(toy.Reward, scoresPartial: false);
            var search = new SegmentRerankOptions { Rewards = [reward], Beams = 1, Samples = 6, SegmentTokens = int.MaxValue };
            Assert.Equal(toy.Toy.Run(toy.Toy.Plan(new BestOfOptions { Rewards = [reward], N = 6 }, sampling)), toy.Toy.Run(toy.Toy.Plan(search, sampling)));
            reward = toy.Toy.Reward(toy.Reward);
            Assert.Equal(toy.Toy.Text(toy.Toy.Plan(null, sampling)), toy.Toy.Text(toy.Toy.Plan(search with { Rewards = [reward], Samples = 1, SegmentTokens = 3 }, sampling)));
        }
    }

    [Fact]
    public void A_rare_text_that_an_encoder_finds_nearer_to_the_prompt_is_the_answer()
    {
        using var toy = new SearchToy("xy", (text, next) =>
        {
            if (text.Length == 0) (next['x'], next['y']) = (.1, .9);
            else next[SearchToy.End] = 1;
        });
        var search = new SegmentRerankOptions { Rewards = [toy.Reward(new Encoder())], Samples = 30 };
        Assert.Equal("y$", toy.Text(toy.Plan(null, new SamplingOptions { Seed = 3 })));
        Assert.Equal(("x$", .9), toy.Run(toy.Plan(search, new SamplingOptions { Seed = 3 }))[0] is var (text, score, _) ? (text, score!.Value) : default);
    }

    [Fact]
    public void Beams_that_have_ended_are_carried_and_not_written_on()
    {
        // "b$" ends in the first segment and is the best; the other beam has 10 tokens more to write, two at a time.
        using var toy = new SearchToy("ab", (text, next) =>
        {
            if (text.Length == 0) (next['a'], next['b']) = (.5, .5);
            else if (text[0] == 'b') next[SearchToy.End] = 1;
            else next['a'] = 1;
        });
        var search = new SegmentRerankOptions { Rewards = [toy.Reward(text => text.StartsWith('b') ? 1 : 0)], Samples = 4, SegmentTokens = 2 };
        Assert.Equal("b$", toy.Text(toy.Plan(search), 12));
        Assert.Equal((8 * 2) + (4 * 10), toy.Last.Counter.Tokens);
    }

    [Fact]
    public void What_all_beams_have_in_common_comes_at_once()
    {
        using var toy = new GuidedToy(0);
        var plan = toy.Toy.Plan(new SegmentRerankOptions { Rewards = [toy.Toy.Reward(text => text.Length)], Beams = 1, Samples = 3, SegmentTokens = 2 });
        using var sequence = toy.Toy.Model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1 }, Plan = plan, MaxTokens = 8, EndTokens = [0] };
        List<int> forwards = [];
        foreach (var _ in Generator.GenerateAsync(request).ToBlockingEnumerable()) forwards.Add(request.Counter.Total);
        Assert.Equal([6, 6, 12, 12], forwards.Take(4));
    }

    [Fact]
    public void Speculation_writes_the_same_segments()
    {
        var accepted = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            using var toy = new GuidedToy(seed);
            var options = new DecodingOptions { Search = new SegmentRerankOptions { Rewards = [toy.Toy.Reward(toy.Reward)], Samples = 3, SegmentTokens = 4 }, Sampling = new SamplingOptions { Seed = seed } };
            var expected = toy.Toy.Run(toy.Toy.Plan(options), 16);
            var reports = toy.Toy.Reports.ToList();
            Assert.Equal(expected, toy.Toy.Run(toy.Toy.Plan(options with { Speculation = new PromptLookupOptions { MinNgram = 1 } }), 16));
            Assert.Equal(reports, toy.Toy.Reports);
            accepted += toy.Toy.Last.Speculation.Accepted;
        }

        Assert.True(accepted > 20, $"{accepted} accepted");
    }

    [Fact]
    public void Spent_budgets_leave_the_best_so_far()
    {
        using var toy = new SearchToy("ab", (_, next) => (next['a'], next['b']) = (.8, .2));
        var reward = toy.Reward(text => text.Count('b'.Equals));
        var search = new SegmentRerankOptions { Rewards = [reward], Samples = 5, SegmentTokens = 3 };
        var (text, score, finish) = toy.Run(toy.Plan(new DecodingOptions { Search = search, Sampling = new SamplingOptions { Seed = 3 }, Budget = new BudgetOptions { MaxForwards = 75 } }), 50)[0];
        Assert.Equal((FinishKind.Budget, text.Count('b'.Equals)), (finish, score));
        Assert.InRange(toy.Last.Counter.Total, 75, 84);
        (text, score, finish) = toy.Run(toy.Plan(search with { Rewards = [reward with { MaxScored = 12 }] }), 50)[0];
        Assert.Equal((FinishKind.Budget, text.Count('b'.Equals)), (finish, score));
        Assert.InRange(text.Length, 3, 9);
    }

    [Fact]
    public void Constraints_hold_and_texts_in_dead_ends_are_dropped()
    {
        using var toy = new SearchToy("abc", (text, next) => (next['a'], next['b'], next[SearchToy.End]) = text.Length < 2 ? (.7, .3, 0.0) : (0, 0, 1));
        var search = new SegmentRerankOptions { Rewards = [toy.Reward(text => text.Count('a'.Equals))], SegmentTokens = 1 };
        Assert.Equal("bb$", toy.Text(toy.Plan(search, null, new PatternOptions { Pattern = "ac|b[bc]" })));
        Assert.Throws<NoTokenAllowedException>(() => toy.Text(toy.Plan(search, null, new PatternOptions { Pattern = "ac|bc" })));
    }

    [Fact]
    public void Greedy_sampling_is_refused()
    {
        using var toy = new GuidedToy(1);
        Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => toy.Toy.Plan(new SegmentRerankOptions { Rewards = [toy.Toy.Reward(toy.Reward)] }, new GreedyOptions())).Message);
    }

    /// <summary>The prompt is (1, 0); texts are (.9, .1) and (.1, .9); the score is their dot product.</summary>
    private sealed class Encoder : IReward
    {
        public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        {
            double[] prefix = [1, 0];
            return ValueTask.FromResult<IReadOnlyList<double>>([.. candidates.Select(candidate => candidate.Text == "x" ? Dot(prefix, [.9, .1]) : Dot(prefix, [.1, .9]))]);
        }

        private static double Dot(double[] left, double[] right) => left.Zip(right, (x, y) => x * y).Sum();
    }
}
