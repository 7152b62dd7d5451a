namespace Decant.Tests.Decoding.Search.Consensus;

/// <summary>Minimum Bayes risk: utilities by hand, and the choice against what enumeration says.</summary>
public class MbrTests
{
    // Three texts: the likeliest, and two less likely ones that have two of three words in common.
    private static SearchToy Triples() => new("abcdxyz ", (text, next) =>
    {
        switch (text)
        {
            case "":
                (next['a'], next['x']) = (.6, .4);
                break;
            case "a b ":
                (next['c'], next['d']) = (.5, .5);
                break;
            case { Length: >= 5 }:
                next[SearchToy.End] = 1;
                break;
            default:
                next[text[^1] == ' ' ? (text[0] == 'a' ? "abc" : "xyz")[text.Length / 2] : ' '] = 1;
                break;
        }
    });

    [Theory]
    [InlineData("abc", "abd", (2 / 3.0 + 1 / 2.0) / 3)]
    [InlineData("a b\nc", "abd", (2 / 3.0 + 1 / 2.0) / 3)]
    [InlineData("ab", "abc", 5 * (7 / 12.0) / (4 + (7 / 12.0)))]
    [InlineData("abc", "ab", 5 * (7 / 12.0) / ((4 * 7 / 12.0) + 1))]
    [InlineData("aaa", "a", 5 * (1 / 3.0) / ((4 * 1 / 3.0) + 1))]
    [InlineData("same text here", "same text here", 1)]
    [InlineData("abc", "xyz", 0)]
    [InlineData("abc", "", 0)]
    [InlineData("", " ", 1)]
    public void ChrF_by_hand(string text, string right, double expected) => Assert.Equal(expected, Score(text, right, MbrUtility.Chrf), 1e-12);

    [Theory]
    [InlineData("a b c", "a b d", 2 / 3.0)]
    [InlineData("It is red.", "RED, it is!", 1)]
    [InlineData("the the cat", "the cat", 4 / 5.0)]
    [InlineData("red", "blue", 0)]
    [InlineData("...", "red", 0)]
    public void Word_F1_by_hand(string text, string right, double expected) => Assert.Equal(expected, Score(text, right, MbrUtility.TokenF1), 1e-12);

    [Fact]
    public void The_middle_of_three_texts_is_worth_a_half()
    {
        (string Text, double Weight)[] texts = [("a b c", .3), ("a b d", .3), ("x y z", .4)];
        double Expected(string text) => texts.Sum(other => other.Weight * Score(text, other.Text, MbrUtility.TokenF1));
        Assert.Equal([.5, .5, .4], texts.Select(text => Expected(text.Text)), (left, right) => Math.Abs(left - right) < 1e-12);
    }

    [Theory]
    [InlineData(MbrUtility.TokenF1)]
    [InlineData(MbrUtility.Chrf)]
    [InlineData(MbrUtility.Exact)]
    public void It_answers_with_the_text_of_the_largest_expected_utility(MbrUtility utility)
    {
        using var toy = Triples();
        var probabilities = toy.Enumerate(6);
        for (var seed = 0; seed < 20; seed++)
        {
            var texts = Enumerable.Range(0, 12).Select(index => toy.Text(toy.Plan(null, new SamplingOptions { Seed = new PositionNoise(seed).Derive(index).Seed }))).ToList();
            double Expected(string text) => texts.Sum(other => Score(text[..^1], other[..^1], utility)) / texts.Count;
            var ranked = texts.Distinct().OrderByDescending(text => Math.Round(Expected(text), 9)).ThenByDescending(text => Math.Round(probabilities[text], 9)).ToList();
            var given = toy.Run(toy.Plan(new MbrOptions { N = 12, Results = 12, Utility = utility }, new SamplingOptions { Seed = seed }));
            Assert.Equal(ranked.Order(), given.Select(result => result.Text).Order());
            Assert.Equal(ranked.Select(Expected), given.Select(result => result.Score!.Value), (left, right) => Math.Abs(left - right) < 1e-9);
        }
    }

    [Fact]
    public void The_mode_is_left_for_a_text_that_others_support()
    {
        using var toy = Triples();
        var plan = new MbrOptions { N = 200, Utility = MbrUtility.TokenF1 };
        var (text, score, _) = toy.Run(toy.Plan(plan))[0];
        Assert.StartsWith("a b ", text);
        Assert.Equal(.5, score!.Value, .06);
        (text, score, _) = toy.Run(toy.Plan(plan with { Utility = MbrUtility.Exact }))[0];
        Assert.Equal("x y z$", text);
        Assert.Equal(.4, score!.Value, .1);
    }

    [Fact]
    public void Speculation_leaves_the_choice_as_it_is()
    {
        using var toy = Triples();
        var options = new DecodingOptions { Search = new MbrOptions { N = 9, Results = 9 }, Sampling = new SamplingOptions { Seed = 4 } };
        Assert.Equal(toy.Run(toy.Plan(options)), toy.Run(toy.Plan(options with { Speculation = new PromptLookupOptions() })));
    }

    [Fact]
    public void Greedy_sampling_is_refused()
    {
        using var toy = Triples();
        Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => toy.Plan(new MbrOptions(), new GreedyOptions())).Message);
    }

    private static double Score(string text, string right, MbrUtility utility) => NgramProfile.Of(text, utility).Score(NgramProfile.Of(right, utility));
}
