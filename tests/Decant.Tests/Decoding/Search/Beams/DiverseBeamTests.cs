namespace Decant.Tests.Decoding.Search.Beams;

public class DiverseBeamTests
{
    [Fact]
    public void A_later_group_turns_to_another_token()
    {
        // The card's numbers: log-probabilities −.5 and −.9 at λ = .5.
        using var toy = new SearchToy("ab", (text, next) => _ = text.Length == 0 ? (next['a'], next['b']) = (Math.Exp(-.5), Math.Exp(-.9)) : (next[SearchToy.End], next['a']) = (1, 0));
        var options = new DiverseBeamOptions { Beams = 2, Groups = 2, Diversity = .5, Results = 2, LengthPenalty = 0 };
        Assert.Equal(["a$", "b$"], toy.Run(toy.Plan(options)).Select(result => result.Text));
        Assert.Equal(["a$", "a$"], toy.Run(toy.Plan(options with { Diversity = .3 })).Select(result => result.Text));

        // The penalty is no part of the score.
        var sum = Math.Exp(-.5) + Math.Exp(-.9);
        Assert.Equal([-.5 - Math.Log(sum), -.9 - Math.Log(sum)], toy.Run(toy.Plan(options)).Select(result => Math.Round(result.Score!.Value, 5)), (left, right) => Math.Abs(left - right) < 1e-4);
    }

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(2, 0)]
    [InlineData(3, 0.4)]
    [InlineData(3, 50)]
    public void It_agrees_with_a_slow_reference(int groups, double diversity)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            using var toy = BeamTests.Random(seed, endings: .2);
            var options = new DiverseBeamOptions { Beams = 6, Groups = groups, Diversity = diversity, Results = 6 };
            var expected = Reference(toy, options, 6);
            var found = toy.Run(toy.Plan(options, new GreedyOptions()), 6);
            Assert.Equal(expected.Select(each => each.Text), found.Select(each => each.Text));
            if (groups > 1) continue;
            var plain = new BeamOptions { Beams = 6, Results = 6 };
            Assert.Equal(toy.Run(toy.Plan(plain, new GreedyOptions()), 6), found);
        }
    }

    [Fact]
    public void Groups_share_one_run_of_the_prompt()
    {
        using var toy = BeamTests.Random(1, endings: 0);
        toy.Run(toy.Plan(new DiverseBeamOptions()), 5);
        Assert.Equal(1 + (4 * 6), toy.Last.Counter.Target);
    }

    // Group after group at each step, as the paper's algorithm has it; each stops by the heuristic.
    private static List<(string Text, double Score)> Reference(SearchToy toy, DiverseBeamOptions options, int maxTokens)
    {
        var width = options.Beams / options.Groups;
        var running = Enumerable.Range(0, options.Groups).Select(_ => new List<(string Text, double Log)> { ("", 0) }).ToArray();
        var ended = Enumerable.Range(0, options.Groups).Select(_ => new List<(string Text, double Score)>()).ToArray();
        for (var length = 1; running.Any(group => group.Count > 0); length++)
        {
            List<char> said = [];
            for (var g = 0; g < options.Groups; g++)
            {
                var best = running[g].SelectMany(each => toy.Next(each.Text).Select(next => (Text: each.Text + next.Key, Log: each.Log + Math.Log(next.Value))))
                    .OrderByDescending(each => each.Log - (options.Diversity * said.Count(each.Text[^1].Equals))).Take(2 * width).ToList();
                ended[g].AddRange(best.Take(width).Where(each => each.Text.EndsWith(SearchToy.End)).Select(each => (each.Text, each.Log / length)));
                running[g] = [.. best.Where(each => !each.Text.EndsWith(SearchToy.End)).Take(width)];
                said.AddRange(running[g].Select(each => each.Text[^1]));
                if (length == maxTokens) ended[g].AddRange(running[g].Select(each => (each.Text, each.Log / length)));
                ended[g] = [.. ended[g].OrderByDescending(each => each.Score).Take(width)];
                if (length == maxTokens || (ended[g].Count == width && running[g].Count > 0 && running[g].Max(each => each.Log) / length <= ended[g][^1].Score)) running[g] = [];
            }
        }

        return [.. ended.SelectMany(group => group).OrderByDescending(each => each.Score)];
    }
}
