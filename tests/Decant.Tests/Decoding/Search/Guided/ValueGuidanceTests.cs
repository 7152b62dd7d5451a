namespace Decant.Tests.Decoding.Search.Guided;

/// <summary>Controlled decoding: the card's numbers token by token, and blocks against the search that they are a case of.</summary>
public class ValueGuidanceTests
{
    private static SearchToy Card() => new("abc", (text, next) =>
    {
        if (text.Length == 0) (next['a'], next['b'], next['c']) = (.5, .3, .2);
        else next[SearchToy.End] = 1;
    });

    private static double Value(string text) => text switch { "b" => 1, "c" => .5, _ => 0 };

    [Fact]
    public void Tokens_are_drawn_from_p_times_e_to_the_value()
    {
        using var toy = Card();
        var row = new TokenDistribution();
        var plan = toy.Plan(new DecodingOptions());
        float[] logits = [float.NegativeInfinity, MathF.Log(.5f), MathF.Log(.3f), MathF.Log(.2f)];
        plan.Target.Row(new BranchRows(logits), plan.CreateState([1]), row);
        var candidates = new CandidateTokens(3);
        candidates.Fill(logits, row, 3);
        TokenGuidance.Reweigh(row, candidates, [0, 1, .5], Math.Log(4), isGreedy: false);
        Assert.Equal([0, .2381, .5714, .1905], row.Probabilities.ToArray().Select(value => (double)value), (left, right) => Math.Abs(left - right) < 5e-5);

        // The temperature sharpens the model, not the values: p at 1/2 is (.6579, .2368, .1053).
        const int Runs = 4000;
        var search = new ValueGuidanceOptions { Rewards = [toy.Reward(Value)], Lambda = Math.Log(4) };
        Share(1, [.2381, .5714, .1905]);
        Share(.5f, [.3623, .5217, .1159]);

        void Share(float temperature, double[] expected)
        {
            var texts = Enumerable.Range(0, Runs).Select(seed => toy.Text(toy.Plan(search, new SamplingOptions { Seed = seed, Temperature = temperature }))).CountBy(text => text[0]).ToDictionary();
            for (var i = 0; i < 3; i++) Assert.Equal(expected[i], texts["abc"[i]] / (double)Runs, 0.025);
        }
    }

    [Theory]
    [InlineData(0.5, "a$")]
    [InlineData(0.52, "b$")]
    public void Greedy_takes_the_largest(double lambda, string expected)
    {
        // ln(.5 / .3) = .5108
        using var toy = Card();
        Assert.Equal(expected, toy.Text(toy.Plan(new ValueGuidanceOptions { Rewards = [toy.Reward(Value)], Lambda = lambda }, new GreedyOptions())));
    }

    [Fact]
    public void Without_weight_it_is_plain_decoding()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var toy = new GuidedToy(seed);
            var search = new ValueGuidanceOptions { Rewards = [toy.Toy.Reward(toy.Reward)], Lambda = 0 };
            foreach (var sampling in (SamplerOptions[])[new GreedyOptions(), new SamplingOptions { Seed = seed }])
                Assert.Equal(toy.Toy.Text(toy.Toy.Plan(null, sampling), 12), toy.Toy.Text(toy.Toy.Plan(search, sampling), 12));
            Assert.Equal(toy.Toy.Text(toy.Toy.Plan(null, new SamplingOptions { Seed = seed, TopK = 2 }), 12), toy.Toy.Text(toy.Toy.Plan(search with { TopK = 2 }, new SamplingOptions { Seed = seed }), 12));
        }
    }

    [Fact]
    public void The_best_of_several_blocks_stays()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var toy = new GuidedToy(seed);
            var search = new ValueGuidanceOptions { Rewards = [toy.Toy.Reward(toy.Reward)], Block = 2, Candidates = 3 };
            var text = "";
            while (!text.EndsWith(SearchToy.End) && text.Length < 8)
                text = Enumerable.Range(0, 3).Select(i => toy.Draw(text, text.Length + 2, new PositionNoise(seed).Derive(i))).MaxBy(toy.Reward)!;
            Assert.Equal((text, toy.Reward(text)), toy.Toy.Run(toy.Toy.Plan(search, new SamplingOptions { Seed = seed }), 8)[0] is var (answer, score, _) ? (answer, score!.Value) : default);
        }
    }

    [Fact]
    public void Blocks_are_drawn_so_greedy_sampling_is_refused_and_speculation_goes_with_them_only()
    {
        using var toy = Card();
        var search = new ValueGuidanceOptions { Rewards = [toy.Reward(Value)], Block = 2 };
        Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => toy.Plan(search, new GreedyOptions())).Message);
        toy.Plan(new DecodingOptions { Search = search, Speculation = new PromptLookupOptions() });
        Assert.Contains("controlled-decoding", Assert.Throws<ArgumentException>(() => toy.Plan(new DecodingOptions { Search = search with { Block = 0 }, Speculation = new PromptLookupOptions() })).Message);
    }
}
