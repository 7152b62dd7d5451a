namespace Decant.Tests.Decoding.Search.Gradients;

/// <summary>PPLM and hidden-state optimisation on a table whose logits a descent moves.</summary>
public class GradientSearchTests
{
    [Fact]
    public void Steps_towards_a_bag_outweigh_the_model()
    {
        using var toy = Letters();
        var bag = new PplmOptions { Words = ["b"], StepSize = 1, Steps = 3, GmScale = 1, KlScale = 0 };

        // The first token has nothing cached in front of it.
        Assert.Equal("aaaa", toy.Text(Greedy(toy, null), 4));
        Assert.Equal("abbb", toy.Text(Greedy(toy, bag), 4));
        Assert.Equal("aaaa", toy.Text(Greedy(toy, bag with { GmScale = 0 }), 4));
        Assert.Equal("aaaa", toy.Text(Greedy(toy, bag with { Steps = 0 }), 4));
        Assert.Equal("aaaa", toy.Text(Greedy(toy, bag with { StepSize = 0.01 }), 4));

        // Three further tokens, each with four losses and its own forward.
        toy.Text(Greedy(toy, bag), 4);
        Assert.Equal(4 + (3 * 4), toy.Last.Counter.Target);
    }

    [Fact]
    public void The_drawn_row_is_the_geometric_mean_of_the_likeliest_tokens()
    {
        using var toy = Letters();
        var options = new PplmOptions { Words = ["c"], StepSize = 2, Steps = 1, GmScale = 0.6f, KlScale = 0, TopK = 2 };
        double[] own = [.1, .5, .3, .1];
        double[] moved = [.. own.Select((p, id) => Math.Log(p) - (2 * (p - (id == 3 ? 1 : 0))))];
        var sum = moved.Sum(Math.Exp);
        double[] fused = [.. own.Select((p, id) => (0.6 * (moved[id] - Math.Log(sum))) + (0.4 * Math.Log(p)))];
        var kept = Enumerable.Range(0, 4).OrderByDescending(id => fused[id]).Take(2).ToList();
        double[] expected = [.. Enumerable.Range(0, 4).Select(id => kept.Contains(id) ? Math.Exp(fused[id]) / kept.Sum(other => Math.Exp(fused[other])) : 0)];
        var counts = new int[4];
        for (var seed = 0; seed < 4000; seed++) counts["$abc".IndexOf(toy.Text(toy.Plan(options, new SamplingOptions { Seed = seed }, new PatternOptions { Pattern = "a.+" }), 2)[1])]++;
        Statistics.AssertFits(counts, expected);
    }

    [Fact]
    public void What_was_written_is_made_likelier_behind_every_chunk()
    {
        var options = new HsoOptions { Chunk = 1, LearningRate = 1, Steps = 2 };

        // The first chunk has nothing cached in front of the token that predicts it; the others make "a" likelier.
        using var turning = new SearchToy("ab", (text, next) => (next['a'], next['b']) = text.Length == 3 ? (.45, .55) : (.6, .4));
        Assert.Equal("aaab", turning.Text(Greedy(turning, null), 4));
        Assert.Equal("aaaa", turning.Text(Greedy(turning, options), 4));
        Assert.Equal("aaab", turning.Text(Greedy(turning, options with { LearningRate = 0.001 }), 4));
    }

    [Fact]
    public void A_contrast_that_makes_the_row_itself_is_refused()
    {
        using var toy = Letters();
        var message = Assert.Throws<ArgumentException>(() => toy.Plan(new DecodingOptions { Search = new PplmOptions { Words = ["b"] }, Contrast = new GuidanceOptions() })).Message;
        Assert.Contains("pplm", message);
        Assert.Contains("guidance", message);
    }

    private static SearchToy Letters() => new("abc ", (_, next) => (next['a'], next['b'], next['c'], next[SearchToy.End]) = (.5, .3, .1, .1));

    private static DecodingPlan Greedy(SearchToy toy, SearchOptions? search) => toy.Plan(search, new GreedyOptions());
}
