namespace Decant.Tests.Decoding.Sampling;

/// <summary>The vectorised passes over a row, beside loops.</summary>
public class RowScanTests
{
    public static TheoryData<int> Lengths => [1, 15, 16, 17, 63, 64, 65, 2047, 2048, 2049, 5000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void The_largest_value_is_found_at_its_lowest_index(int length)
    {
        var random = new Random(length);
        for (var round = 0; round < 50; round++)
        {
            float[] row = [.. Enumerable.Range(0, length).Select(_ => random.Next(-20, round))];
            if (round % 5 == 0) row[random.Next(length)] = float.NegativeInfinity;
            Assert.Equal(Array.IndexOf(row, row.Max()), RowScan.IndexOfMax(row));
            row[random.Next(length)] = float.NaN;
            Assert.Equal(Array.FindIndex(row, float.IsNaN), RowScan.IndexOfMax(row));
            Array.Fill(row, float.NegativeInfinity);
            Assert.Equal(0, RowScan.IndexOfMax(row));
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void What_a_mask_refuses_is_impossible_and_counted(int length)
    {
        var random = new Random(length);
        foreach (var density in (double[])[0, 0.02, 0.5, 0.98, 1])
        {
            float[] row = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())];
            bool[] allowed = [.. row.Select(_ => random.NextDouble() < density)];
            var mask = new ulong[(length + 63) / 64];
            Array.Fill(mask, ulong.MaxValue);
            for (var id = 0; id < length; id++)
            {
                if (!allowed[id]) mask[id / 64] &= ~(1UL << (id % 64));
            }

            float[] expected = [.. row.Select((value, id) => allowed[id] ? value : float.NegativeInfinity)];
            Assert.Equal(allowed.Count(each => !each), RowScan.Mask(row, mask));
            Assert.Equal(expected, row);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void A_weight_depends_on_its_logit_alone(int length)
    {
        var random = new Random(length);
        float[] logits = [.. Enumerable.Range(0, length).Select(_ => 10 * random.NextSingle() - 20)];
        if (length > 1) logits[^1] = float.NegativeInfinity;
        var weights = new float[length];
        var sum = RowWeights.Fill(logits, logits.Max(), 0.7f, weights);
        Assert.Equal(weights.Sum(weight => (double)weight), sum, 1e-9 * length);
        Assert.Equal(1, weights.Max());
        for (var i = 0; i < length; i++)
        {
            var alone = new float[1];
            RowWeights.Fill([logits[i]], logits.Max(), 0.7f, alone);
            Assert.Equal(alone[0], weights[i]);
            Assert.Equal(Math.Exp((logits[i] - logits.Max()) / 0.7), weights[i], 1e-6);
        }
    }

    [Fact]
    public void Eight_lanes_of_noise_are_the_single_ones()
    {
        var lanes = System.Runtime.Intrinsics.Vector512.Create(0UL, 1, 2, 77, 12345, 128_255, int.MaxValue, 9);
        foreach (var seed in (long[])[0, 1, -5, long.MaxValue])
        {
            var noise = new PositionNoise(seed);
            var numbers = PositionNoise.Uniform(noise.Key(17, 0), lanes);
            for (var i = 0; i < 8; i++) Assert.Equal(noise.Uniform(17, 0, (int)lanes[i]), numbers[i]);
        }
    }

    [Fact]
    public void A_draw_is_the_largest_of_the_noisy_log_probabilities()
    {
        var random = new Random(1);
        var plan = Plans.Of(new SamplingOptions());
        for (var round = 0; round < 500; round++)
        {
            var row = plan.Row([.. Enumerable.Range(0, 1 + random.Next(100)).Select(_ => 6 * random.NextSingle())]);
            var noise = new PositionNoise(round);
            var expected = Enumerable.Range(0, row.Count).MaxBy(id => Math.Log(row.ProbabilityOf(id)) + noise.Gumbel(5, PositionNoise.DrawStream, id));
            Assert.Equal(expected, Sampler.Draw(row, noise, 5));
        }
    }
}
