namespace Decant.Tests.Decoding.Processors;

/// <summary>KGW and SynthID: worked numbers, the hash beside an independent implementation's values, detection with and without the key.</summary>
public class WatermarkTests
{
    private static readonly KgwOptions _kgw = new() { Key = "secret" };
    private static readonly SynthIdOptions _synthId = new() { Key = "secret" };

    [Fact]
    public void The_hash_is_hmac_sha256_and_splitmix64()
    {
        var hash = new WatermarkHash("secret");
        Assert.Equal(0xF4B1F129C1AE81AUL, hash.Seed([7]));
        Assert.Equal(0x96D11F671D513575UL, WatermarkHash.Bits(hash.Seed([7]), 0));
        Assert.Equal(0xB47E90A7E50D39D8UL, WatermarkHash.Bits(hash.Seed([7]), 12345));
        Assert.Equal(0x4ED8E253AA65CF8CUL, WatermarkHash.Bits(hash.Seed([1, 2, 3, 4]), 5));
    }

    [Fact]
    public void Z_and_p_of_a_count_are_the_worked_numbers()
    {
        Assert.Equal(5.657, KgwDetector.Evidence(140, 200, 0.5).Z, 3);
        Assert.True(KgwDetector.Evidence(140, 200, 0.5).IsWatermarked());
        Assert.False(KgwDetector.Evidence(0, 0, 0.5).IsWatermarked());
        foreach (var (z, p) in new[] { (0.0, 0.5), (1.959964, 0.025), (-1.0, 0.8413447), (4.0, 3.167124e-5), (8.0, 6.220961e-16) })
            Assert.Equal(1, new WatermarkEvidence(1, 0, 0, z).PValue / p, 1e-6);
    }

    [Fact]
    public void Of_two_equal_tokens_the_green_one_has_88_percent()
    {
        var green = new GreenList(_kgw);
        var previous = Enumerable.Range(0, 100).First(token => green.Contains(green.Seed(token), 0) && !green.Contains(green.Seed(token), 1));
        Assert.Equal(0.8808, Plans.Of(new SamplingOptions(), _kgw).Row([1, 1], previous).ProbabilityOf(0), 4);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void Gamma_of_the_pairs_are_green(double gamma)
    {
        var green = new GreenList(_kgw with { Gamma = gamma });
        var counts = new int[2];
        for (var previous = 0; previous < 100; previous++)
        {
            var seed = green.Seed(previous);
            for (var token = 0; token < 1000; token++) counts[green.Contains(seed, token) ? 1 : 0]++;
        }

        Statistics.AssertFits(counts, [1 - gamma, gamma]);
    }

    [Fact]
    public void Kgw_is_found_with_the_key_and_not_without()
    {
        using var model = TableModel.Random(300);
        int[] Text(params ProcessorOptions[] processors) => Plans.Of(new SamplingOptions { Seed = 5 }, processors).Generate(model, 200, 1, 2);
        var marked = Text(_kgw);
        Assert.True(new KgwDetector(_kgw).Detect(marked).Z > 8);
        Assert.InRange(new KgwDetector(_kgw with { Key = "other" }).Detect(marked).Z, -4, 4);
        Assert.InRange(new KgwDetector(_kgw).Detect(Text()).Z, -4, 4);

        // A repetition is no further evidence.
        var once = new KgwDetector(_kgw).Detect([.. marked, marked[0]]);
        Assert.Equal(once, new KgwDetector(_kgw).Detect([.. marked, .. marked, marked[0]]));
    }

    [Fact]
    public void A_round_leaves_what_is_impossible_at_zero_where_rounding_makes_the_mass_more_than_one()
    {
        float[] p = [0, 0.80238616f, 0.1976139f];
        Assert.True(p.Sum(value => (double)value) > 1);
        SynthIdWatermark.Round([0, 1, 1], 0, p);

        // A negative zero would win every draw.
        Assert.All(p, value => Assert.False(float.IsNegative(value)));
    }

    [Fact]
    public void A_round_moves_the_worked_probabilities()
    {
        float[] p = [0.5f, 0.3f, 0.2f];
        SynthIdWatermark.Round([1, 0, 1], 0, p);
        AssertClose([0.65, 0.09, 0.26], p);
        SynthIdWatermark.Round([0, 2, 2], 1, p);
        AssertClose([0.4225, 0.1485, 0.429], p);
    }

    [Fact]
    public void Averaged_over_all_bits_a_round_changes_nothing()
    {
        var mean = new float[3];
        for (var bits = 0UL; bits < 8; bits++)
        {
            float[] p = [0.5f, 0.3f, 0.2f];
            SynthIdWatermark.Round([bits & 1, bits >> 1 & 1, bits >> 2], 0, p);
            for (var i = 0; i < 3; i++) mean[i] += p[i] / 8;
        }

        AssertClose([0.5, 0.3, 0.2], mean);
    }

    [Fact]
    public void Averaged_over_keys_the_whole_watermark_changes_nothing()
    {
        float[] p = [0.5f, 0.3f, 0.2f], mean = new float[3];
        for (var key = 0; key < 20_000; key++)
        {
            var row = Plans.Of(new SamplingOptions(), new SynthIdOptions { Key = $"{key}" }).Row(Array.ConvertAll(p, MathF.Log), 1, 2, 0, 1);
            for (var i = 0; i < 3; i++) mean[i] += row.ProbabilityOf(i) / 20_000;
        }

        Assert.True(Statistics.TotalVariation(p.Select(value => (double)value), mean.Select(value => (double)value)) < 0.015);
    }

    [Fact]
    public void A_context_is_marked_once()
    {
        var plan = Plans.Of(new SamplingOptions(), _synthId with { NgramLen = 3 });
        float[] logits = [0.4f, 0.1f, 0, 0.3f];
        float[] Probabilities(DecodingPlan of, params int[] generated) => of.Row(logits, generated).Probabilities.ToArray();
        var plain = Probabilities(Plans.Of(new SamplingOptions()));
        Assert.NotEqual(plain, Probabilities(plan, 1, 2));
        Assert.Equal(plain, Probabilities(plan, 1, 2, 3, 1, 2));
        Assert.NotEqual(plain, Probabilities(plan, 1, 2, 3, 2, 1));
    }

    [Fact]
    public void SynthId_is_found_with_the_key_and_not_without()
    {
        using var model = TableModel.Random(300);
        int[] Text(params ProcessorOptions[] processors) => Plans.Of(new SamplingOptions { Seed = 5 }, processors).Generate(model, 200, 1, 2, 3, 4, 5);
        var marked = Text(_synthId);
        Assert.True(new SynthIdDetector(_synthId).Detect(marked).Z > 8);
        Assert.InRange(new SynthIdDetector(_synthId with { Key = "other" }).Detect(marked).Z, -4, 4);
        Assert.InRange(new SynthIdDetector(_synthId).Detect(Text()).Z, -4, 4);
        Assert.Equal(0, new SynthIdDetector(_synthId).Detect(marked.AsSpan(0, 4)).Scored);
    }

    [Fact]
    public void Without_the_watermark_z_is_standard_normal()
    {
        var random = new Random(2);
        var scores = Enumerable.Range(0, 2000).Select(_ => new SynthIdDetector(_synthId).Detect([.. Enumerable.Range(0, 40).Select(_ => random.Next(1000))]).Z).ToList();
        Assert.Equal(0, scores.Average(), 0.1);
        Assert.Equal(1, scores.Average(z => z * z), 0.15);
    }

    [Theory]
    [InlineData("greedy")]
    [InlineData("mirostat")]
    public void Where_it_cannot_act_it_is_refused_by_name(string sampling)
    {
        SamplerOptions sampler = sampling == "greedy" ? new GreedyOptions() : new MirostatOptions();
        var message = Assert.Throws<ArgumentException>(() => Plans.Of(sampler, _synthId)).Message;
        Assert.Contains("synth-id", message);
        Assert.Contains(sampling, message);
        Assert.Throws<ArgumentException>(() => Plans.Of(new SamplingOptions { Temperature = 0 }, _synthId));
    }

    private static void AssertClose(double[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 5);
    }

    [Fact]
    public void A_search_that_draws_nothing_is_refused_beside_synth_id()
    {
        var model = new ModelInfo("m", 30, 8, 1, 1, 64, ModelCapabilities.TreeRows | ModelCapabilities.HiddenStates);
        var error = Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(new DecodingOptions { Processors = [_synthId], Search = new ContrastiveSearchOptions() }, new PlanContext { Model = model }));
        Assert.Contains("synth-id", error.Message);
        Assert.Contains("contrastive-search", error.Message);
    }
}
