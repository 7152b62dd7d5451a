namespace Decant.Tests.Decoding.Search.Beams;

public class ConditionalBeamTests
{
    /// <summary>The card's texts: the empty one is the likeliest, and a$ the likeliest of the others.</summary>
    private static SearchToy Card() => new("abx", (text, next) => _ = text switch
    {
        "" => (next[SearchToy.End], next['a'], next['b']) = (.3, .4, .3),
        "a" => (next['x'], next['a'], next['b']) = (.6, .2, .2),
        "b" => (next['x'], next['a'], next['b']) = (.5, .25, .25),
        _ => (next[SearchToy.End], next['a'], next['b']) = (1, 0, 0),
    });

    [Fact]
    public void The_likeliest_text_that_is_not_empty()
    {
        using var toy = Card();
        Assert.Equal("$", toy.Text(toy.Plan(new BeamOptions { Beams = 5, LengthPenalty = 0 })));
        var (text, score, _) = toy.Run(toy.Plan(new ConditionalBeamOptions { Rewards = [Exact(toy, text => text != "$")] }))[0];
        Assert.Equal("ax$", text);

        // Its probability given that a text is not empty, which .7 are.
        Assert.Equal(.343, Math.Exp(score!.Value) / .7, 5e-4);
        Assert.Equal("$", toy.Text(toy.Plan(new ConditionalBeamOptions { Alpha = 0, Rewards = [Exact(toy, text => text != "$")] })));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.3)]
    [InlineData(4)]
    public void With_enough_beams_it_is_the_maximum_over_all_texts(double alpha)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            using var toy = BeamTests.Random(seed, endings: .3);
            double Attribute(string text) => (text.Count('c'.Equals) + .5) / (text.Length + 1);
            var expected = toy.Enumerate(4).MaxBy(pair => Math.Log(pair.Value) + (alpha * Math.Log(Attribute(pair.Key.TrimEnd(SearchToy.End)))));
            var options = new ConditionalBeamOptions { Beams = 64, Alpha = alpha, Rewards = [toy.Reward(new Classifier(Attribute))] };
            var (text, score, _) = toy.Run(toy.Plan(options, new GreedyOptions()), 4)[0];
            Assert.Equal(expected.Key, text);
            Assert.Equal(Math.Log(expected.Value) + (alpha * Math.Log(Attribute(text.TrimEnd(SearchToy.End)))), score!.Value, 1e-5);
        }
    }

    [Fact]
    public void The_classifiers_term_replaces_the_one_before()
    {
        // Every beginning of aaaa$ looks bad and the text itself good. Added up, the term would choose b$.
        using var toy = new SearchToy("ab", (text, next) => _ = text switch
        {
            "" => (next['a'], next['b']) = (.6, .4),
            "b" or "aaaa" => (next[SearchToy.End], next['b']) = (1, 0),
            _ => (next['a'], next['b']) = (1, 0),
        });
        var reward = toy.Reward(new Classifier(text => text is "aaaa" ? 1 : text is "b" ? .9 : .5));
        Assert.Equal("aaaa$", toy.Text(toy.Plan(new ConditionalBeamOptions { Beams = 2, Rewards = [reward] })));
    }

    [Fact]
    public void All_continuations_of_a_token_are_one_batch()
    {
        using var toy = Card();
        var classifier = new Classifier(_ => .5);
        toy.Run(toy.Plan(new ConditionalBeamOptions { Beams = 2, Rewards = [toy.Reward(classifier)] }));
        Assert.InRange(classifier.Batches, 1, 3);
        Assert.True(toy.Last.Rewards.Scored > 5);
    }

    [Fact]
    public void A_spent_reward_ends_the_search_with_the_best_there_is()
    {
        using var toy = new SearchToy("ab", (text, next) => (next['a'], next['b']) = (.6, .4));
        var reward = toy.Reward(new Classifier(text => (text.Count('b'.Equals) + 1.0) / (text.Length + 1))) with { MaxScored = 20 };
        var (text, _, finish) = toy.Run(toy.Plan(new ConditionalBeamOptions { Beams = 2, Alpha = 10, Rewards = [reward] }), 50)[0];
        Assert.Equal((FinishKind.Budget, new string('b', text.Length)), (finish, text));
        Assert.InRange(toy.Last.Rewards.Scored, 20, 23);
    }

    [Fact]
    public void What_is_no_probability_is_refused()
    {
        using var toy = Card();
        var message = Assert.Throws<ArgumentException>(() => toy.Plan(new ConditionalBeamOptions { Rewards = [toy.Reward(text => text.Length, "length")] })).Message;
        Assert.Contains("conditional-beam", message);
        Assert.Contains("length", message);
        Assert.Contains("whole ones only", Assert.Throws<ArgumentException>(() => toy.Plan(new ConditionalBeamOptions { Rewards = [toy.Reward(new Classifier(_ => 1, partial: false))] })).Message);

        // Beyond a threshold or not is one.
        Assert.Equal("ax$", toy.Text(toy.Plan(new ConditionalBeamOptions { Rewards = [toy.Reward(text => text.Length, "length") with { Threshold = 1 }] })));
    }

    /// <summary>The exact probability that a text which begins so has an attribute.</summary>
    private static NamedRewardOptions Exact(SearchToy toy, Func<string, bool> has)
    {
        var all = toy.Enumerate(6);
        double Of(string text, bool complete)
        {
            var begun = all.Where(pair => complete ? pair.Key == text + SearchToy.End : pair.Key.StartsWith(text, StringComparison.Ordinal)).ToList();
            return begun.Where(pair => has(pair.Key)).Sum(pair => pair.Value) / begun.Sum(pair => pair.Value);
        }

        return toy.Reward(new Classifier(Of));
    }

    private sealed class Classifier(Func<string, bool, double> probability, bool partial = true) : IReward
    {
        public Classifier(Func<string, double> probability, bool partial = true)
            : this((text, _) => probability(text), partial)
        {
        }

        public bool ScoresPartial => partial;

        public double Minimum => 0;

        public double Maximum => 1;

        public int Batches { get; private set; }

        public ValueTask<IReadOnlyList<double>> ScoreAsync(RewardContext context, IReadOnlyList<RewardCandidate> candidates, CancellationToken cancellationToken)
        {
            Batches++;
            return ValueTask.FromResult<IReadOnlyList<double>>([.. candidates.Select(each => probability(each.Text, each.IsComplete))]);
        }
    }
}
