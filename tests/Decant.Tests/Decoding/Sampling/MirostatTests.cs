namespace Decant.Tests.Decoding.Sampling;

/// <summary>Mirostat: the worked numbers, and the surprise it is told to hold.</summary>
public class MirostatTests
{
    private static readonly float[] _logits = Array.ConvertAll([0.5f, 0.25f, 0.125f, 0.0625f, 0.0625f], MathF.Log);

    [Fact]
    public void The_steepness_of_an_exact_zipf_distribution_is_found()
    {
        double[] zipf = [.. Enumerable.Range(1, 100).Select(rank => -1.5 * Math.Log(rank))];
        Assert.Equal(1.5, MirostatSampler.Steepness(zipf), 9);
        Assert.Equal(6.487, MirostatSampler.Needed(1.5, 5, 1000), 3);

        // Steepness 1 is the limit of its neighbours.
        Assert.Equal(MirostatSampler.Needed(1 + 1e-6, 5, 1000), MirostatSampler.Needed(1, 5, 1000), 3);
    }

    [Fact]
    public void Version_1_keeps_as_many_as_the_steepness_asks_for()
    {
        float[] logits = [.. Enumerable.Range(1, 1000).Select(rank => -1.5f * MathF.Log(rank))];
        Assert.Equal(7, Plans.Of(new MirostatOptions { Version = 1, Tau = 2.5 }).Row(logits).Count);
        Assert.Equal(1000, Plans.Of(new MirostatOptions { Version = 1 }).Row(new float[1000]).Count);
    }

    [Theory]
    [InlineData(SurpriseSource.Original, 2.95)]
    [InlineData(SurpriseSource.Renormalized, 2.969)]
    public void Version_2_keeps_what_is_not_too_surprising_and_corrects_itself(SurpriseSource source, double limit)
    {
        var sampler = (MirostatSampler)new MirostatOptions { Tau = 1.5, SurpriseFrom = source }.Compile(new PlanContext());
        var state = Plans.Of(new SamplingOptions()).CreateState([0]);
        var row = new TokenDistribution();
        sampler.Fill(_logits, state, row);
        Assert.Equal(3, row.Count);
        sampler.Commit(1, row);
        Assert.Equal(limit, sampler.Limit, 3);
        sampler.Fill(_logits, state, row);
        Assert.Equal(2, row.Count);
        sampler.Commit(0, null);
        Assert.Equal(limit, sampler.Limit, 3);
        sampler.Rollback(2);
        Assert.Equal(3, sampler.Limit);
    }

    [Theory]
    [InlineData(1, SurpriseSource.Original)]
    [InlineData(2, SurpriseSource.Original)]
    [InlineData(2, SurpriseSource.Renormalized)]
    public void The_mean_surprise_becomes_tau(int version, SurpriseSource source)
    {
        using var model = TableModel.Random(200, scale: 25);
        var options = new MirostatOptions { Version = version, Tau = 3, SurpriseFrom = source, Seed = 4 };
        var plan = Plans.Of(options);
        var (state, row, logits) = (plan.CreateState([0, 1]), new TokenDistribution(), new float[200]);
        var surprise = 0.0;
        for (var i = 0; i < 4000; i++)
        {
            model.Fill(state.Tokens, logits);
            plan.Target.Row(new BranchRows(logits), state, row);
            var token = Sampler.Draw(row, state.Noise, state.Position);
            surprise -= Math.Log2(source == SurpriseSource.Renormalized ? row.ProbabilityOf(token) : TextbookSampling.Distribution(logits, new SamplingOptions())[token]);
            state.Commit(token, row);
        }

        Assert.Equal(3, surprise / 4000, 0.05);
    }

    [Fact]
    public void Rows_of_one_choice_leave_the_limit_in_its_bounds()
    {
        var plan = Plans.Of(new MirostatOptions { Tau = 2, Eta = 1 });
        var state = plan.CreateState([0]);
        var row = new TokenDistribution();
        for (var i = 0; i < 50; i++)
        {
            plan.Target.Row(new BranchRows(new float[] { 50, 0, 0 }), state, row);
            state.Commit(0, row);
        }

        Assert.Equal(8, ((MirostatSampler)state.Sampler).Limit);
    }

    [Fact]
    public void Temperature_and_seed_are_taken_and_other_truncations_refused_by_name()
    {
        var completed = new MirostatOptions().Complete(new SamplingOptions { Seed = 7, Temperature = 0.5f });
        Assert.Equal(new MirostatOptions { Seed = 7, Temperature = 0.5f }, completed);
        foreach (var members in (SamplingOptions[])[new() { TopK = 5 }, new() { TopP = 0.5f, Temperature = 1 }, new() { MinP = 0.1f }])
        {
            var message = Assert.Throws<ArgumentException>(() => new MirostatOptions().Complete(members)).Message;
            Assert.Contains("mirostat", message);
            Assert.Contains((members with { Temperature = null }).NamesOfSet(), message);
        }
    }
}
