namespace Decant.Tests.Decoding.Search.Beams;

/// <summary>Stochastic beam search against the law of drawing whole texts without replacement.</summary>
public class StochasticBeamSearchTests
{
    [Fact]
    public void The_conditional_maximum_is_stable()
    {
        // −ln(e^−T − e^−Z + e^−G) by hand, and where its parts over- and underflow.
        Assert.Equal(-Math.Log(Math.Exp(-1) - Math.Exp(-2) + Math.Exp(-1.5)), PerturbedBeam.Conditional(1, 2, 1.5), 1e-12);
        Assert.Equal(1, PerturbedBeam.Conditional(1, 2, 2));
        Assert.Equal(-500, PerturbedBeam.Conditional(-500, -400, -400));
        Assert.InRange(PerturbedBeam.Conditional(-1000, -990, -1010), -1010.1, -1010);
        Assert.InRange(PerturbedBeam.Conditional(1000, 990, 980), 979.9, 990.1);
    }

    [Fact]
    public void One_text_is_plain_decoding()
    {
        using var toy = BeamTests.Random(2, endings: .15);
        for (var seed = 0; seed < 30; seed++)
        {
            var sampling = new SamplingOptions { Seed = seed, Temperature = .8f };
            Assert.Equal(toy.Text(toy.Plan(null, sampling), 12), toy.Text(toy.Plan(new StochasticBeamOptions { K = 1 }, sampling), 12));
        }
    }

    [Fact]
    public void Tokens_are_included_as_often_as_the_formula_says()
    {
        using var toy = new SearchToy("abc", (text, next) => _ = text.Length == 0 ? (next['a'], next['b'], next['c']) = (.5, .3, .2) : (next[SearchToy.End], next['a'], next['b']) = (1, 0, 0));
        var law = Inclusion(toy.Enumerate(2), 2);
        Assert.Equal([.8393, .675, .4857], law.Values.Select(value => Math.Round(value, 4)));
        AssertLaw(toy, law, 2, 2);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Texts_are_included_as_often_as_drawing_without_replacement_includes_them(int k)
    {
        using var toy = BeamTests.Random(5, endings: .4);
        AssertLaw(toy, Inclusion(toy.Enumerate(3), k), k, 3);
    }

    [Fact]
    public void Results_are_different_texts_by_falling_score()
    {
        using var toy = BeamTests.Random(7, endings: .3);
        var all = toy.Enumerate(4);
        var means = 0.0;
        for (var seed = 0; seed < 500; seed++)
        {
            var results = toy.Run(toy.Plan(new StochasticBeamOptions { K = 6 }, new SamplingOptions { Seed = seed }), 4);
            Assert.Equal(6, results.Select(result => result.Text).Distinct().Count());
            Assert.Equal(results.OrderByDescending(result => result.Score), results);
            Assert.All(results, result => Assert.Contains(result.Text, all.Keys));
            means += results[0].Score!.Value;
        }

        // The largest of all is a standard Gumbel variable, whose mean is Euler's constant and whose deviation is π / √6.
        Assert.Equal(.5772, means / 500, 4 * 1.2825 / Math.Sqrt(500));
    }

    [Fact]
    public void There_may_be_fewer_texts_than_asked_for()
    {
        using var toy = new SearchToy("ab", (text, next) => _ = text.Length == 0 ? (next['a'], next['b']) = (.5, .5) : (next[SearchToy.End], next['a']) = (1, 0));
        Assert.Equal(["a$", "b$"], toy.Run(toy.Plan(new StochasticBeamOptions { K = 4 })).Select(result => result.Text).Order());
        Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => toy.Plan(new StochasticBeamOptions(), new GreedyOptions())).Message);
    }

    /// <summary>How likely each text is to be among the first k drawn without replacement, by going through all orders.</summary>
    private static Dictionary<string, double> Inclusion(Dictionary<string, double> texts, int k)
    {
        var included = texts.Keys.ToDictionary(text => text, _ => 0.0);
        void Draw(HashSet<string> drawn, double probability, double left)
        {
            if (drawn.Count == k)
            {
                foreach (var text in drawn) included[text] += probability;
                return;
            }

            foreach (var (text, mass) in texts.Where(pair => !drawn.Contains(pair.Key))) Draw([.. drawn, text], probability * mass / left, left - mass);
        }

        Draw([], 1, 1);
        return included;
    }

    private static void AssertLaw(SearchToy toy, Dictionary<string, double> law, int k, int maxTokens)
    {
        const int Runs = 6000;
        var counts = law.Keys.ToDictionary(text => text, _ => 0);
        for (var seed = 0; seed < Runs; seed++)
        {
            foreach (var (text, _, _) in toy.Run(toy.Plan(new StochasticBeamOptions { K = k }, new SamplingOptions { Seed = seed }), maxTokens)) counts[text]++;
        }

        foreach (var (text, probability) in law) Assert.Equal(probability, (double)counts[text] / Runs, 4.5 * Math.Sqrt(probability * (1 - probability) / Runs) + 1e-3);
    }
}
