namespace Decant.Tests.Decoding;

/// <summary>Rows against the textbook: every truncation alone and together, ties, penalties, draws.</summary>
public class TargetDistributionTests
{
    public static IEnumerable<object[]> Options =>
        from temperature in new[] { 0f, 0.5f, 1f, 1.7f }
        from topK in new int?[] { null, 1, 3, 40 }
        from topP in new float?[] { null, 0.3f, 0.9f, 1f }
        from minP in new float?[] { null, 0.05f, 0.5f }
        select new object[] { new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP } };

    private static readonly FrequencyPresenceOptions _penalties = new() { Frequency = 0.3f, Presence = -0.2f };

    [Theory]
    [MemberData(nameof(Options))]
    public void A_row_is_the_textbooks(SamplingOptions options)
    {
        var random = new Random(3);
        var plan = Plans.Of(options, _penalties);
        var target = plan.Target;
        var distribution = new TokenDistribution();
        for (var round = 0; round < 20; round++)
        {
            int[] generated = [.. Enumerable.Range(0, round % 5).Select(_ => random.Next(50))];
            var state = plan.CreateState([1]);
            foreach (var token in generated) state.Commit(token);
            // Rounded to quarters, so that ties are common.
            float[] logits = [.. Enumerable.Range(0, 50).Select(_ => MathF.Round((float)(random.NextDouble() * 8 - 4) * 4) / 4)];
            if (round % 3 == 0) logits[random.Next(50)] = float.NegativeInfinity;
            target.Row(new BranchRows(logits), state, distribution);

            var expected = TextbookSampling.Distribution(logits, options, generated, _penalties);
            var actual = Enumerable.Range(0, 50).Select(id => (double)distribution.ProbabilityOf(id));
            Assert.True(Statistics.TotalVariation(expected, actual) < 1e-6, $"round {round}");
            Assert.Equal(1, distribution.Probabilities.ToArray().Sum(), 1e-5f);
        }
    }

    [Fact]
    public void Draws_follow_the_distribution_and_depend_on_the_position_alone()
    {
        var plan = Plans.Of(new SamplingOptions());
        var distribution = new TokenDistribution();
        float[] logits = [0, 1, 2, -1, 0.5f];
        plan.Target.Row(new BranchRows(logits), plan.CreateState([1]), distribution);
        var noise = new PositionNoise(42);
        var counts = new int[5];
        for (var position = 0; position < 100_000; position++) counts[Sampler.Draw(distribution, noise, position)]++;
        Statistics.AssertFits(counts, TextbookSampling.Distribution(logits, new SamplingOptions()));
        Assert.Equal(Sampler.Draw(distribution, noise, 77), Sampler.Draw(distribution, new PositionNoise(42), 77));
    }

    [Fact]
    public void Rows_without_a_possible_token_are_named()
    {
        var plan = Plans.Of(new SamplingOptions());
        void Row(float value) => plan.Target.Row(new BranchRows(new[] { value, value }), plan.CreateState([1]), new TokenDistribution());
        Assert.Contains("NaN", Assert.Throws<InvalidLogitsException>(() => Row(float.NaN)).Message);
        Assert.Contains("-infinity", Assert.Throws<InvalidLogitsException>(() => Row(float.NegativeInfinity)).Message);
    }

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(1, null, null)]
    [InlineData(0.7, 50, 0.9)]
    [InlineData(0.7, null, 0.95)]
    public void Rows_allocate_nothing_once_warm(double temperature, int? topK, double? topP)
    {
        var plan = Plans.Of(new SamplingOptions { Temperature = (float)temperature, TopK = topK, TopP = (float?)topP }, new FrequencyPresenceOptions { Presence = 0.1f });
        var state = plan.CreateState([1]);
        state.Commit(3);
        var random = new Random(1);
        float[] logits = [.. Enumerable.Range(0, 5000).Select(_ => (float)random.NextDouble() * 10)];
        var distribution = new TokenDistribution();
        void Step()
        {
            plan.Target.Row(new BranchRows(logits), state, distribution);
            Sampler.Draw(distribution, state.Noise, 5);
        }

        for (var i = 0; i < 30; i++) Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Penalties_fork_and_roll_back()
    {
        var penalty = new FrequencyPresencePenalty(1, 0.5f);
        foreach (var token in (int[])[2, 2, 1]) penalty.Commit(token);
        var fork = penalty.Fork();
        fork.Rollback(2);
        float[] Applied(IRowProcessor processor)
        {
            var logits = new float[4];
            ((ILogitProcessor)processor).Apply(Plans.Of(new SamplingOptions()).CreateState([0]), logits);
            return logits;
        }

        Assert.Equal([0, -1.5f, -2.5f, 0], Applied(penalty));
        Assert.Equal([0, 0, -1.5f, 0], Applied(fork));
    }

    [Theory]
    [InlineData(float.NaN, null, null, null, "Temperature")]
    [InlineData(-1f, null, null, null, "Temperature")]
    [InlineData(1f, 0, null, null, "TopK")]
    [InlineData(1f, null, 0f, null, "TopP")]
    [InlineData(1f, null, null, 1.5f, "MinP")]
    public void Values_out_of_range_are_named(float temperature, int? topK, float? topP, float? minP, string name) =>
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(() => new SamplingOptions { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP }.Validate()).ParamName);
}
