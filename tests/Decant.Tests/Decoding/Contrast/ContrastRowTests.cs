using static Decant.Tests.Decoding.Contrast.ContrastRows;

namespace Decant.Tests.Decoding.Contrast;

/// <summary>What holds for every strategy of the slot, and the arithmetic that they share against slow references.</summary>
public class ContrastRowTests
{
    private const float None = float.NegativeInfinity;

    public static TheoryData<string> Kinds => ContrastKinds.Names;

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Padding_of_the_vocabulary_stays_padding(string kind)
    {
        var options = ContrastKinds.Of(kind);
        for (var padded = 1; padded < 8; padded++)
        {
            float[][] rows = [[.. E, 0.5f], [.. A, 0.2f], [.. M, -0.3f]];
            for (var i = 0; i < 3; i++) rows[i][4] = (padded >> i & 1) == 1 ? None : rows[i][4];
            var (logits, probabilities, _) = Of(options, ContrastKinds.ForAll, ContrastKinds.Rows(options, rows));
            Assert.All(logits, logit => Assert.True(float.IsFinite(logit) || logit == None));
            Assert.Equal(1, probabilities.Sum(), 1e-5);
            if (rows[0][4] == None) Assert.Equal(None, logits[4]);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_forward_that_overflowed_is_named(string kind)
    {
        var options = ContrastKinds.Of(kind);
        float[] broken = [1, float.NaN, 2, 0];
        Assert.Contains("NaN", Assert.Throws<InvalidLogitsException>(() => Of(options, ContrastKinds.ForAll, ContrastKinds.Rows(options, broken, A, M))).Message);
        float[] empty = [None, None, None, None];
        Assert.Contains("-infinity", Assert.Throws<InvalidLogitsException>(() => Of(options, ContrastKinds.ForAll, ContrastKinds.Rows(options, empty, A, M))).Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rows_allocate_nothing_once_warm(string kind)
    {
        var random = new Random(1);
        float[] Random() => [.. Enumerable.Range(0, 3000).Select(_ => (float)random.NextDouble() * 10)];
        var options = ContrastKinds.Of(kind);
        var rows = ContrastKinds.Rows(options, Random(), Random(), Random());
        var plan = DecodingPlan.Compile(new DecodingOptions { Contrast = options }, ContrastKinds.ForAll);
        var (state, distribution) = (plan.CreateState([0]), new TokenDistribution());
        // The runtime's own caches may grow meanwhile, but not again and again.
        var allocated = Enumerable.Range(0, 6).Select(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 30; i++) plan.Target.Row(new BranchRows(rows), state, distribution);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }).Min();
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Branches_that_agree_change_not_a_bit()
    {
        Assert.Equal(E, Of(new ContextAwareOptions { Alpha = 3 }, E, E).Logits);
        var (logits, _, report) = Of(new AdaptiveContextAwareOptions(), E, E);
        Assert.Equal(E, logits);
        Assert.Equal(0, report.Weight);
        Assert.Equal(E, Of(new LeadingQueryOptions { NeutralQuery = "Which?", Plausibility = 0 }, E, E).Logits);
        Assert.Equal(E, Of(new ProxyTuningOptions { Expert = "a", AntiExpert = "b", Alpha = 4 }, E, A, A).Logits);
    }

    [Fact]
    public void The_weight_is_each_rows_own()
    {
        // The rows of two callers, interleaved on one set of buffers.
        var plan = DecodingPlan.Compile(new DecodingOptions { Contrast = new AdaptiveContextAwareOptions() }, Context());
        var distribution = new TokenDistribution();
        float Weight(float[] without)
        {
            plan.Target.Row(new BranchRows([Row(E), Row(without)]), plan.CreateState([0]), distribution);
            return distribution.Report.Weight!.Value;
        }

        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(0, Weight(E));
            AssertNear([0.1867], [Weight(A)]);
        }
    }

    [Fact]
    public void Divergences_are_the_textbooks()
    {
        var random = new Random(5);
        foreach (var size in (int[])[1, 4, 7, 16, 37, 1000])
        {
            float[] Random(float scale, bool padded)
            {
                float[] row = [.. Enumerable.Range(0, size).Select(i => padded && i % 5 == 4 ? None : scale * (float)random.NextDouble())];
                return RowMath.Softmax(row, new float[size]).ToArray();
            }

            var (left, right) = (Random(3, padded: true), Random(8, padded: size % 2 == 0));
            var (jensenShannon, reversed) = (0.0, 0.0);
            for (var i = 0; i < size; i++)
            {
                double l = left[i], r = right[i];
                var m = (l + r) / 2;
                if (l > 0) jensenShannon += l * Math.Log(l / m) / 2;
                if (r > 0) jensenShannon += r * Math.Log(r / m) / 2;
                if (l > 0 && r > 0) reversed += m * (Math.Log(m / l) + Math.Log(m / r)) / 2 / size;
            }

            Assert.Equal(jensenShannon, RowDivergence.JensenShannon(left, right), 2e-6);
            Assert.Equal(RowDivergence.JensenShannon(left, right), RowDivergence.JensenShannon(right, left), 1e-7);
            Assert.Equal(reversed, RowDivergence.ReversedMean(left, right), 2e-6);
            Assert.Equal(0, RowDivergence.JensenShannon(left, left));
        }

        Assert.Equal(Math.Log(2), RowDivergence.JensenShannon([1, 0], [0, 1]), 1e-6);
    }

    [Fact]
    public void The_information_bound_is_the_published_codes()
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            float[] Random(float scale) => [.. Enumerable.Range(0, 20).Select(_ => scale * (float)random.NextDouble())];
            var (with, without) = (Random(round % 10), Random(4));
            var (c, u) = (LogProbs(with), LogProbs(without));
            var entropy = -u.Sum(value => Math.Exp(value) * value);
            var s = LogProbs([.. c.Select(value => (float)(-value - entropy))]);
            var (low, high) = (s.Min() + Math.Log(4), s.Max() - Math.Log(4));
            var alone = s.Count(value => value < low) == 1;
            var expected = c.Select((_, i) => ((s[i] < low && !alone) || s[i] > high ? c[i] : u[i]) + c[i] - u[i]);
            AssertNear(expected, Of(new EntropyConstrainedContextOptions(), with, without).Logits);
        }

        static double[] LogProbs(float[] logits) => [.. Softmax(logits).Select(probability => Math.Log(probability))];
    }

    [Fact]
    public void A_row_settles_a_step_exactly_when_its_mask_leaves_one_token()
    {
        var random = new Random(2);
        var scratch = new RowScratch();
        var settled = 0;
        IPlausibility[] masks = [new PlausibleFraction(0.1f), new PlausibleFraction(1), new PlausibleNucleus(0.9f), new PlausibleNucleus(0.5f)];
        foreach (var mask in masks)
        {
            for (var round = 0; round < 200; round++)
            {
                float[] row = [.. Enumerable.Range(0, 19).Select(_ => MathF.Round((float)random.NextDouble() * 20) / 2)];
                var left = new float[19];
                var report = default(RowReport);
                mask.Mask(row, scratch, left, ref report);
                Assert.Equal(left.Count(float.IsFinite) == 1 ? Array.FindIndex(left, float.IsFinite) : null as int?, mask.Settle(row, scratch));
                Assert.Equal(left.Count(value => value == None), report.ImplausibleCount);
                settled += mask.Settle(row, scratch) is null ? 0 : 1;
            }
        }

        Assert.InRange(settled, 100, 700);
        Assert.Null(new PlausibleFraction(0).Settle(new[] { 1, None }, scratch));
    }

    [Theory]
    [InlineData(32, LayerBucket.Low, 0, 14)]
    [InlineData(32, LayerBucket.High, 16, 30)]
    [InlineData(5, LayerBucket.Low, 0, 2)]
    [InlineData(5, LayerBucket.High, 4, 4)]
    public void A_bucket_is_a_half_of_the_even_layers(int layerCount, LayerBucket bucket, int first, int last)
    {
        var layers = new LayerContrastOptions { Bucket = bucket }.Compile(Context(layerCount)).Taps!.EarlyExitLayers;
        Assert.Equal(Enumerable.Range(0, layerCount).Where(layer => layer % 2 == 0 && layer >= first && layer <= last), layers);
    }
}
