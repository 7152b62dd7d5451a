namespace Decant.Tests.Decoding.Search.Guided;

/// <summary>Rewards added to logits, token by token: the card's numbers, and what is left of plain decoding without weight.</summary>
public class ArgsTests
{
    private static SearchToy Card() => new("abc", (text, next) =>
    {
        if (text.Length == 0) (next['a'], next['b'], next['c']) = (Math.Exp(3), Math.Exp(2.8), Math.Exp(1));
        else next[SearchToy.End] = 1;
    });

    private static double Worth(string text) => text switch { "b" => 1, "c" => 5, _ => 0 };

    [Theory]
    [InlineData(1, "a$", 0)]
    [InlineData(2, "b$", 1)]
    [InlineData(3, "c$", 5)]
    public void The_largest_of_logit_and_weighted_reward_is_taken(int topK, string expected, double reward)
    {
        using var toy = Card();
        var (text, score, finish) = toy.Run(toy.Plan(new ArgsOptions { Rewards = [toy.Reward(Worth)], TopK = topK }, new GreedyOptions()))[0];
        Assert.Equal((expected, reward, FinishKind.EndToken), (text, score!.Value, finish!.Value));
    }

    [Fact]
    public void Where_sampling_draws_it_draws_from_their_softmax_at_its_temperature()
    {
        using var toy = Card();
        var row = new TokenDistribution();
        var plan = toy.Plan(null, new SamplingOptions { Temperature = 2 });
        float[] logits = [float.NegativeInfinity, 3, 2.8f, 1];
        plan.Target.Row(new BranchRows(logits), plan.CreateState([1]), row);
        var candidates = new CandidateTokens(2);
        candidates.Fill(logits, row, 2);
        TokenGuidance.Reweigh(row, candidates, [0, 1], 1.5 / 2, isGreedy: false);
        var odds = Math.Exp((2.8 + 1.5 - 3) / 2);
        Assert.Equal([0, 1 / (1 + odds), odds / (1 + odds), 0], row.Probabilities.ToArray().Select(value => (double)value), (left, right) => Math.Abs(left - right) < 1e-6);

        const int Runs = 2000;
        var drawn = Enumerable.Range(0, Runs).Count(seed => toy.Text(toy.Plan(new ArgsOptions { Rewards = [toy.Reward(Worth)], TopK = 2 }, new SamplingOptions { Seed = seed, Temperature = 2 })) == "b$");
        Assert.Equal(odds / (1 + odds), drawn / (double)Runs, 0.03);
    }

    [Fact]
    public void Without_weight_it_is_plain_decoding()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var toy = new GuidedToy(seed);
            var search = new ArgsOptions { Rewards = [toy.Toy.Reward(toy.Reward)], RewardWeight = 0 };
            foreach (var sampling in (SamplerOptions[])[new GreedyOptions(), new SamplingOptions { Seed = seed }, new SamplingOptions { Seed = seed, Temperature = 1.5f, TopP = .8f }])
                Assert.Equal(toy.Toy.Text(toy.Toy.Plan(null, sampling), 12), toy.Toy.Text(toy.Toy.Plan(search, sampling), 12));
        }
    }

    [Fact]
    public void Tokens_come_one_by_one_at_a_forward_each()
    {
        using var toy = new GuidedToy(1);
        var plan = toy.Toy.Plan(new ArgsOptions { Rewards = [toy.Toy.Reward(toy.Reward)] });
        using var sequence = toy.Toy.Model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1 }, Plan = plan, MaxTokens = 9, EndTokens = [0] };
        var tokens = 0;
        foreach (var _ in Generator.GenerateAsync(request).ToBlockingEnumerable()) Assert.Equal(++tokens, request.Counter.Total);
        Assert.InRange(tokens, 2, 9);
        Assert.Equal(tokens, request.Counter.Tokens);
    }

    [Fact]
    public void A_text_that_ends_is_scored_as_a_whole()
    {
        using var toy = new SearchToy("a", (_, next) => (next['a'], next[SearchToy.End]) = (.6, .4));
        var reward = toy.Reward(new Ending());
        Assert.Equal("$", toy.Text(toy.Plan(new ArgsOptions { Rewards = [reward] }, new GreedyOptions()), 5));
        Assert.Equal("aaaaa", toy.Text(toy.Plan(new ArgsOptions { Rewards = [reward with { Weight = -1 }] }, new GreedyOptions()), 5));
    }

    [Fact]
    public void A_reward_that_may_score_no_more_ends_the_text()
    {
        using var toy = new SearchToy("ab", (_, next) => (next['a'], next['b']) = (.6, .4));
        var (text, _, finish) = toy.Run(toy.Plan(new ArgsOptions { Rewards = [toy.Reward(Worth) with { MaxScored = 6 }] }, new GreedyOptions()))[0];
        Assert.Equal((3, FinishKind.Budget), (text.Length, finish!.Value));
    }

    [Fact]
    public void Constraints_hold_and_dead_ends_are_errors()
    {
        using var toy = Card();
        var search = new ArgsOptions { Rewards = [toy.Reward(Worth)] };
        Assert.Equal("b$", toy.Text(toy.Plan(search, new GreedyOptions(), new PatternOptions { Pattern = "[ab]" })));
        Assert.Throws<NoTokenAllowedException>(() => toy.Text(toy.Plan(search, new GreedyOptions(), new PatternOptions { Pattern = "[ab]c" })));
    }

    [Fact]
    public void Speculation_is_refused_by_name()
    {
        using var toy = Card();
        var message = Assert.Throws<ArgumentException>(() => toy.Plan(new DecodingOptions { Search = new ArgsOptions { Rewards = [toy.Reward(Worth)] }, Speculation = new PromptLookupOptions() })).Message;
        Assert.Contains("\"args\"", message);
        Assert.Contains("\"prompt-lookup\"", message);
    }

    private sealed class Ending : IReward
    {
        public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
            => ValueTask.FromResult<IReadOnlyList<double>>([.. candidates.Select(candidate => candidate.IsComplete ? 1.0 : 0)]);
    }
}
