using Decant.Tests.Decoding.Constraints;

namespace Decant.Tests.Decoding.Search;

/// <summary>Sequential Monte Carlo: weights, resampling, and the conditional distribution of toys.</summary>
public class SmcTests
{
    [Fact]
    public void Weights_estimate_the_mass_that_obeys_and_the_answer_is_drawn_by_them()
    {
        // Z = .8 · .1 + .2 · .9 = .26.
        const int Runs = 4000;
        var (mean, answers) = (0.0, new List<string>());
        for (var seed = 0; seed < Runs; seed++)
        {
            var (text, mass) = Sample(Toy.Model, new SmcOptions { Particles = 50 }, seed, Toy.MustEndInB);
            answers.Add(text);
            mean += mass / Runs;
        }

        Assert.Equal(.26, mean, .002);
        Assert.InRange(Toy.Distance(answers, new() { ["ab"] = .08 / .26, ["bb"] = .18 / .26 }), 0, .02);
        Assert.Equal(.3077, answers.Count("ab".Equals) / (double)Runs, .02);
    }

    [Theory]
    [InlineData(0, .5)]
    [InlineData(0, 1.0)]
    [InlineData(0, 0.0)]
    [InlineData(3, null)]
    public void Every_way_to_resample_is_unbiased(int beam, double? threshold)
    {
        using var model = TableModel.Random(3, order: 4, seed: 3, scale: 2);
        ConstraintOptions[] constraints = [new PatternOptions { Pattern = "[ab]{2,4}" }, new BannedOptions { Phrases = ["aba", "bb"] }];
        var texts = ConstraintWalk.Plan(Toy.Vocabulary.Context, constraints).CreateState([0]).Constraints[0].Texts(Toy.Vocabulary, 4);
        var (law, mass) = (Toy.Conditional(model, texts), Toy.Masses(model, texts).Values.Sum());

        // Whatever the number of particles: an answer with the run's mean weight stands for itself.
        const int Runs = 12_000;
        var (mean, weighed) = (0.0, new Dictionary<string, double>());
        for (var seed = 0; seed < Runs; seed++)
        {
            var (text, estimate) = Sample(model, new SmcOptions { Particles = 12, Beam = beam, EssThreshold = threshold }, seed, constraints);
            weighed[text] = weighed.GetValueOrDefault(text) + estimate;
            mean += estimate / Runs;
        }

        Assert.Equal(1, mean / mass, .02);
        Assert.InRange(law.Keys.Union(weighed.Keys).Sum(text => Math.Abs((weighed.GetValueOrDefault(text) / (mean * Runs)) - law.GetValueOrDefault(text))) / 2, 0, .02);
    }

    [Fact]
    public void A_text_that_comes_to_a_dead_end_dies()
    {
        // Behind a nothing may follow; the mask of the first token does not know it.
        var answers = Enumerable.Range(0, 50).Select(seed => Sample(Toy.Model, new SmcOptions { Particles = 100 }, seed, new CatalogueOptions { Items = ["ab", "bb"] }, new BannedOptions { Phrases = ["ab"] }));
        Assert.All(answers, answer => Assert.Equal("bb", answer.Text));
        Assert.Throws<NoTokenAllowedException>(() => Sample(Toy.Model, new SmcOptions(), 1, new CatalogueOptions { Items = ["ab"] }, new BannedOptions { Phrases = ["ab"] }));
    }

    [Fact]
    public void Weights_too_small_for_a_number_still_compare()
    {
        // At T = 0.01, b has e^-2000 behind a and e^-1000 behind b.
        using var model = Toy.Of((tokens, probabilities) =>
        {
            if (tokens.Length > 2) probabilities[0] = 1;
            else (probabilities[Toy.A], probabilities[Toy.B]) = tokens.Length == 1 ? (.5, .5) : (1, tokens[1] == Toy.A ? Math.Exp(-20) : Math.Exp(-10));
        });
        for (var seed = 0; seed < 20; seed++)
        {
            var (text, logMass) = Run(model, new SmcOptions { Particles = 20 }, new SamplingOptions { Temperature = .01f, Seed = seed }, Toy.MustEndInB);
            Assert.Equal("bb", text);
            Assert.InRange(logMass, -1003, -1000);
        }
    }

    [Fact]
    public void One_particle_is_plain_decoding()
    {
        using var model = TableModel.Random(TestVocabulary.Standard.Count, order: 3);
        var differs = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            var options = new DecodingOptions { Constraints = [new BannedOptions { Phrases = ["a"] }], Sampling = new SamplingOptions { TopP = .9f, Seed = seed } };
            Assert.Equal(Run(options), Run(options with { Search = new SmcOptions { Particles = 1 } }));
            if (!Run(options).SequenceEqual(Run(options with { Search = new SmcOptions { Particles = 8 } }))) differs++;
        }

        Assert.InRange(differs, 5, 10);

        List<int> Run(DecodingOptions options)
        {
            using var sequence = model.OpenSequence();
            var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 5, 6 }, Plan = DecodingPlan.Compile(options, TestVocabulary.Standard.Context), MaxTokens = 20, EndTokens = [1] };
            return [.. Generator.GenerateAsync(request).ToBlockingEnumerable().Select(token => token.Id)];
        }
    }

    [Fact]
    public void Greedy_sampling_is_refused()
        => Assert.Contains("greedy", Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(new DecodingOptions { Search = new SmcOptions(), Sampling = new SamplingOptions { Temperature = 0 } }, Toy.Vocabulary.Context)).Message);

    [Fact]
    public void Heavy_particles_are_kept_as_they_are()
    {
        double[] weights = [.1, .5, .3, .1];
        Assert.Equal(2, ParticleWeights.KeepFactor(weights, 2), 9);
        foreach (var uniform in (double[])[.01, .3, .59, .61, .79, .81, .99])
        {
            var chosen = ParticleWeights.Thin(weights, 2, uniform);
            Assert.Equal((1, .5), chosen[0]);
            Assert.Equal(.5, chosen[1].Weight, 9);
            Assert.Equal(uniform < .2 ? 0 : uniform < .8 ? 2 : 3, chosen[1].Index);
        }
    }

    [Fact]
    public void Choices_have_the_expected_weight_of_what_they_choose_from()
    {
        double[] weights = [.05, .4, 0, .21, .14, .2];
        foreach (var choose in (Func<double, List<(int Index, double Weight)>>[])[uniform => ParticleWeights.Resample(weights, 4, uniform), uniform => ParticleWeights.Thin(weights, 3, uniform)])
        {
            var mean = new double[weights.Length];
            const int Steps = 10_000;
            for (var step = 0; step < Steps; step++)
            {
                foreach (var (index, weight) in choose((step + .5) / Steps)) mean[index] += weight / Steps;
            }

            for (var i = 0; i < weights.Length; i++) Assert.Equal(weights[i], mean[i], 1e-3);
        }
    }

    [Fact]
    public void The_effective_count_is_that_of_equal_weights()
    {
        Assert.Equal(4, ParticleWeights.EffectiveCount([2, 2, 2, 2]), 9);
        Assert.Equal(2, ParticleWeights.EffectiveCount([3, 0, 3]), 9);
        Assert.Equal(1 / (.25 + .09 + .01 + .01), ParticleWeights.EffectiveCount([.5, .3, .1, .1]), 9);
        Assert.Equal(0, ParticleWeights.EffectiveCount([0, 0]));
    }

    private static (string Text, double Mass) Sample(TableModel model, SmcOptions options, int seed, params ConstraintOptions[] constraints)
    {
        var (text, logMass) = Run(model, options, new SamplingOptions { Seed = seed }, constraints);
        return (text, Math.Exp(logMass));
    }

    private static (string Text, double LogMass) Run(TableModel model, SmcOptions options, SamplingOptions sampling, params ConstraintOptions[] constraints)
    {
        var plan = DecodingPlan.Compile(new DecodingOptions { Search = options, Constraints = [.. constraints], Sampling = sampling }, Toy.Vocabulary.Context);
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 0 }, Plan = plan, EndTokens = [0] };
        using var branches = BranchPrefill.RunAsync(request, request.Counter, default).AsTask().Result;
        var run = new SearchRun(request, branches, plan.CreateState([0]), new GenerationLimits(request)) { PromptStates = new HiddenRows(0, 0) };
        var (tokens, finish, logMass) = ((SmcSearch)plan.Search!).SampleAsync(run, default).AsTask().GetAwaiter().GetResult();
        Assert.Equal(FinishKind.EndToken, finish);
        Assert.Equal(1, model.OpenSequences);
        return (string.Concat(tokens[..^1].Select(token => token == Toy.A ? 'a' : 'b')), logMass);
    }
}
