namespace Decant.Tests.Decoding.Sampling;

/// <summary>Typical, eta, top-nσ and XTC: the worked numbers, and the textbook for each alone and all together.</summary>
public class TruncationTests
{
    private const int Vocabulary = 40;

    private static readonly float[] _probabilities = [0.5f, 0.25f, 0.125f, 0.125f];

    public static TheoryData<SamplingOptions, int[]> Worked => new()
    {
        { new() { MinP = 0.3f }, [0, 1] },
        { new() { TypicalP = 0.2f }, [1] },
        { new() { Eta = 0.25f }, [0, 1] },
    };

    [Theory]
    [MemberData(nameof(Worked))]
    public void The_worked_examples(SamplingOptions options, int[] kept) => Assert.Equal(kept, Row(options, Logits(_probabilities)).Ids);

    [Theory]
    [InlineData(0.3f)]
    [InlineData(1f)]
    [InlineData(5f)]
    public void Top_n_sigma_keeps_the_same_tokens_at_any_temperature(float temperature)
    {
        float[] logits = [5, 4, 0, 0, 0, 0];
        Assert.Equal([0, 1], Row(new() { TopNSigma = 1, Temperature = temperature }, logits).Ids);
        Assert.Equal(2.859, 5 - Candidate.FiniteDeviation(logits, 5), 3);
        Assert.Equal(2.859, 5 - Candidate.FiniteDeviation([.. logits, float.NegativeInfinity], 5), 3);
    }

    [Fact]
    public void Xtc_leaves_the_least_likely_of_the_top_choices_and_what_is_below()
    {
        var impossible = Enumerable.Repeat(float.NegativeInfinity, 10);
        var row = Row(new() { XtcProbability = 1 }, [.. impossible, .. Logits([0.4f, 0.3f, 0.15f, 0.1001f, 0.0499f])]);
        Assert.Equal([13, 14], row.Ids);
        Assert.Equal(0.667, row.Probabilities[0], 3);
        Assert.Equal(0.333, row.Probabilities[1], 3);
    }

    [Fact]
    public void Xtc_drops_nothing_where_a_line_break_or_the_end_would_go()
    {
        var vocabulary = TestVocabulary.Standard;
        foreach (var kept in vocabulary.Ids("\n", "</s>", "\n\n"))
        {
            var logits = new float[Vocabulary];
            Array.Fill(logits, -20);
            (logits[kept], logits[10], logits[11]) = (3, 2.5f, 2);
            Assert.True(Row(new() { XtcProbability = 1 }, logits).ProbabilityOf(kept) > 0.4);
            (logits[kept], logits[10], logits[11]) = (2, 3, 2.5f);
            Assert.Equal(0, Row(new() { XtcProbability = 1 }, logits).ProbabilityOf(10));
        }
    }

    [Fact]
    public void Xtc_excludes_as_often_as_it_says_and_draws_are_not_told()
    {
        var plan = Plans.Over(TestVocabulary.Standard.Context, new SamplingOptions { XtcProbability = 0.3f, Seed = 2 });
        float[] logits = [.. Logits([0.6f, 0.4f]), .. Enumerable.Repeat(float.NegativeInfinity, Vocabulary - 2)];
        (logits[0], logits[10]) = (logits[10], logits[0]);
        (logits[1], logits[11]) = (logits[11], logits[1]);
        var (state, distribution) = (plan.CreateState([0]), new TokenDistribution());
        var counts = new int[4];
        for (var i = 0; i < 20_000; i++)
        {
            plan.Target.Row(new BranchRows(logits), state, distribution);
            var excluded = distribution.Count == 1;

            // What would have been drawn without the exclusion must not depend on it.
            var plain = state.Noise.Uniform(state.Position, PositionNoise.DrawStream, 10) < 0.5;
            counts[(excluded ? 2 : 0) + (plain ? 1 : 0)]++;
            state.Commit(11);
        }

        Statistics.AssertFits(counts, [0.35, 0.35, 0.15, 0.15]);
    }

    [Fact]
    public void Each_alone_and_any_together_are_the_textbooks()
    {
        var random = new Random(8);
        var vocabulary = TestVocabulary.Standard;
        int[] neverDropped = vocabulary.Ids("</s>", "\n", "\n\n");
        for (var round = 0; round < 6000; round++)
        {
            T? Maybe<T>(int member, params T[] values)
                where T : struct => (round < 1000 ? round % 9 == member : random.Next(3) == 0) ? values[random.Next(values.Length)] : null;
            var options = new SamplingOptions
            {
                Temperature = Maybe(0, 0.5f, 1.7f), TopK = Maybe(1, 1, 3, 20, 60), TopP = Maybe(2, 0.3f, 0.9f, 0.99f), MinP = Maybe(3, 0.02f, 0.3f), TypicalP = Maybe(4, 0.2f, 0.5f, 0.95f),
                Eta = Maybe(5, 0.001f, 0.02f, 0.3f), TopNSigma = Maybe(6, 0.5f, 1f, 2f), XtcProbability = Maybe(7, 0.5f, 1f), Seed = round,
            };
            if (options.XtcProbability is not null) options = options with { XtcThreshold = Maybe(8, 0.05f, 0.2f) };

            // Rounded to eighths, so that ties are common.
            float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(_ => MathF.Round((float)(random.NextDouble() * 8 - 4) * 8) / 8)];
            if (round % 3 == 0) logits[random.Next(Vocabulary)] = float.NegativeInfinity;
            var excludes = new PositionNoise(round).Uniform(1, PositionNoise.ExcludeStream, 0) < options.XtcProbability;
            var row = Row(options, logits);
            var expected = TextbookSampling.Distribution(logits, options, neverDropped: excludes ? neverDropped : null);
            Assert.True(Statistics.TotalVariation(expected, Enumerable.Range(0, Vocabulary).Select(id => (double)row.ProbabilityOf(id))) < 1e-6, $"round {round}: {options}");
            if (row.KeptMass is { } mass) Assert.Equal(Mass(logits, options, row), mass, 1e-5);
        }
    }

    // What the kept tokens weigh at the sampler's temperature before anything is cut off.
    private static double Mass(float[] logits, SamplingOptions options, TokenDistribution row)
    {
        var whole = TextbookSampling.Distribution(logits, new SamplingOptions { Temperature = options.Temperature });
        return row.Ids.ToArray().Sum(id => whole[id]);
    }

    private static float[] Logits(float[] probabilities) => Array.ConvertAll(probabilities, MathF.Log);

    private static TokenDistribution Row(SamplingOptions options, float[] logits) => Plans.Over(TestVocabulary.Standard.Context, options).Row(logits);
}
