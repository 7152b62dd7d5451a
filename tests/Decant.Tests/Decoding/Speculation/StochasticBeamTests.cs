using Xunit.Abstractions;

namespace Decant.Tests.Decoding.Speculation;

/// <summary>Stochastic beams (RSD-S) have noise that cannot be enumerated, so their laws are tested by sampling with set seeds; a right program fails each once in 10 000 sets.</summary>
public class StochasticBeamTests(ITestOutputHelper output)
{
    private const int Tokens = 3;
    private static readonly GumbelTreeOptions _beam = new() { Model = "draft", BeamWidth = 2, Depth = 2, Length = new OnceOptions() };

    [Theory]
    [InlineData("recursive-rejection")]
    [InlineData("traversal")]
    [InlineData("token-match")]
    public void The_law_of_texts_is_that_without_speculation(string verifier)
    {
        var runs = new SpeculationRuns(vocabulary: 3);
        var options = new DecodingOptions { Speculation = _beam with { Verifier = ExactVerifiers.Of(verifier) } };
        var counter = new SpeculationCounter();
        var counts = Sample(100_000, runs, options, counter);
        var score = ChiSquare.AgainstLaw(counts, runs.PlainLaw(options, Tokens));
        output.WriteLine($"{verifier}: {(double)counter.Accepted / counter.Rounds:F4} accepted, score {score:F2}");
        Assert.InRange(score, double.NegativeInfinity, ChiSquare.Critical);
    }

    [Fact]
    public void A_beam_keeps_more_than_independent_sequences_of_as_many_tokens()
    {
        var (beam, iid) = (0.0, 0.0);
        for (var seed = 1UL; seed <= 6; seed++)
        {
            var runs = new SpeculationRuns { Target = TableModel.Random(3, 3, 2 * seed), Draft = TableModel.Random(3, 3, (2 * seed) + 1) };
            var counter = new SpeculationCounter();
            Sample(10_000, runs, new DecodingOptions { Speculation = _beam with { Verifier = new RecursiveRejectionOptions() } }, counter);
            var independent = new IidSequencesOptions { Model = "draft", Sequences = 2, MaxTokens = 2, Length = new OnceOptions(), Verifier = new RecursiveRejectionOptions() };
            var (ours, theirs) = ((double)counter.Accepted / counter.Rounds, runs.ExpectedAccepted(new DecodingOptions { Speculation = independent }, Tokens));
            output.WriteLine($"models {seed}: beam {ours:F4}, independent {theirs:F4}");
            (beam, iid) = (beam + ours, iid + theirs);
        }

        Assert.True(beam > iid + 0.1, $"{beam} > {iid}");
    }

    /// <summary>The drawing from the top gives the trees that perturbing the whole vocabulary gives (Jeon et al. 2024, from Kool et al. 2019).</summary>
    [Fact]
    public void Its_trees_have_the_law_of_the_published_formula()
    {
        const int Count = 100_000;
        var runs = new SpeculationRuns(vocabulary: 3)
        {
            Target = new TableModel(3, (_, logits) =>
            {
                logits.Clear();
                logits[0] = 60;
            }),
        };
        var trees = new List<string>();
        var verifier = new TestVerifierOptions(round =>
        {
            if (round.Tree.Count > 0) trees.Add(string.Join(", ", Enumerable.Range(0, round.Tree.Count).Select(node => Path(round.Tree, node))));
            round.Next = 0;
        });
        Sample(Count, runs, new DecodingOptions { Speculation = _beam with { Verifier = verifier } }, new SpeculationCounter());

        var random = new Random(11);
        var formula = Enumerable.Range(0, Count).Select(_ => Published(runs.Draft, [1, 2, 0, 1, 2], random));
        var score = ChiSquare.Between(Counts(trees), Counts(formula));
        output.WriteLine($"{trees.Distinct().Count()} trees, score {score:F2}");
        Assert.InRange(score, double.NegativeInfinity, ChiSquare.Critical);
    }

    private static string Published(TableModel model, int[] text, Random random)
    {
        var beam = new List<(string Path, double Phi, double G)> { ("", 0, 0) };
        var all = new List<string>();
        for (var depth = 0; depth < 2; depth++)
        {
            var next = new List<(string Path, double Phi, double T)>();
            foreach (var (path, phi, g) in beam)
            {
                var logits = new float[3];
                model.Fill([.. text, .. path.Select(token => token - '0')], logits);
                var normalizer = Math.Log(logits.Sum(logit => Math.Exp(logit)));
                var children = logits.Select(logit => phi + logit - normalizer).ToArray();
                var perturbed = children.Select(child => child - Math.Log(-Math.Log(random.NextDouble()))).ToArray();
                var largest = perturbed.Max();
                for (var token = 0; token < 3; token++)
                {
                    var v = g - perturbed[token] + Math.Log(1 - Math.Exp(perturbed[token] - largest));
                    next.Add(($"{path}{token}", children[token], g - Math.Max(0, v) - Math.Log(1 + Math.Exp(-Math.Abs(v)))));
                }
            }

            beam = [.. next.OrderByDescending(item => item.T).Take(2)];
            all.AddRange(beam.Select(item => item.Path));
        }

        return string.Join(", ", all);
    }

    private static string Path(DraftTree tree, int node) => node < 0 ? "" : $"{Path(tree, tree.Parents[node])}{tree.Tokens[node]}";

    private static Dictionary<string, int> Sample(int count, SpeculationRuns runs, DecodingOptions options, SpeculationCounter counter)
    {
        var plan = SpeculationRuns.Compile(options);
        var noise = new PositionRoundNoise();
        return Counts(Enumerable.Range(1, count).Select(seed => string.Join(' ', runs.Run(plan, Tokens, null, counter, request => request with { RoundNoise = Open(seed) }))));

        Func<GenerationState, RoundNoise> Open(int seed) => state =>
        {
            noise.Open(new PositionNoise(seed), state.Position);
            return noise;
        };
    }

    private static Dictionary<string, int> Counts(IEnumerable<string> cells) => cells.GroupBy(cell => cell).ToDictionary(group => group.Key, group => group.Count());
}
