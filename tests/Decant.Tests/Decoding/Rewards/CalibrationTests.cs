namespace Decant.Tests.Decoding.Rewards;

/// <summary>Calibrated rewards: the quantile against hand-computed numbers and against texts drawn one by one, and InfAlign's win rates by numeric integration.</summary>
public sealed class CalibrationTests : IDisposable
{
    private readonly SearchToy _toy = new("abc", (text, next) => (next['a'], next['b'], next['c'], next[SearchToy.End]) = text.Length < 3 ? (.5, .3, .2, 0.0) : (.2, .2, .1, .5));

    public void Dispose() => _toy.Dispose();

    [Theory]
    [InlineData(2, .5)]
    [InlineData(5, .875)]
    [InlineData(9, 1)]
    [InlineData(0, 0)]
    public void Ties_count_by_half(double score, double expected) => Assert.Equal(expected, new CalibrationOptions().Calibrate(score, [1, 2, 2, 5]));

    [Fact]
    public void Transforms_are_those_of_the_paper()
    {
        Assert.Equal(Math.Exp(5), new CalibrationOptions(Transform: CalibrationTransform.ExpPos).Apply(.5), 9);
        Assert.Equal(-Math.Exp(-1.5), new CalibrationOptions(Transform: CalibrationTransform.ExpNeg, T: 3).Apply(.5), 9);
        Assert.Equal(Math.Log(.25), new CalibrationOptions(Transform: CalibrationTransform.Log).Apply(.25), 9);
        Assert.Equal(Math.Log(.5 / 16), new CalibrationOptions(Transform: CalibrationTransform.Log).Apply(0), 9);
    }

    [Theory]
    [InlineData(CalibrationTransform.Identity, .774, .800, .886)]
    [InlineData(CalibrationTransform.ExpPos, .712, .872, .676)]
    [InlineData(CalibrationTransform.ExpNeg, .736, .686, .948)]
    public void Each_transform_wins_where_it_is_meant_to(CalibrationTransform transform, double standard, double bestOf4, double worstOf4)
    {
        // The density of the quantile u under the optimal policy is e^(Φ(u) / β), with the β whose divergence from the reference is ½; it plays the reference by the same rule of 4.
        const int Points = 20_000;
        var u = Enumerable.Range(0, Points).Select(i => (i + .5) / Points).ToArray();
        var transformed = Array.ConvertAll(u, new CalibrationOptions(Transform: transform).Apply);
        var (low, high, density) = (1e-4, 1e5, u);
        for (var i = 0; i < 60; i++)
        {
            var beta = Math.Sqrt(low * high);
            density = Array.ConvertAll(transformed, value => Math.Exp((value - transformed[^1]) / beta));
            var sum = density.Average();
            density = Array.ConvertAll(density, value => value / sum);
            if (density.Average(value => value > 0 ? value * Math.Log(value) : 0) > .5) low = beta;
            else high = beta;
        }

        var (cumulative, wins) = (0.0, new double[3]);
        for (var i = 0; i < Points; i++)
        {
            cumulative += density[i] / Points / 2;
            wins[0] += density[i] * u[i] / Points;
            wins[1] += 4 * Math.Pow(cumulative, 3) * density[i] * Math.Pow(u[i], 4) / Points;
            wins[2] += 4 * Math.Pow(1 - cumulative, 3) * density[i] * (1 - Math.Pow(1 - u[i], 4)) / Points;
            cumulative += density[i] / Points / 2;
        }

        Assert.Equal(standard, wins[0], 1e-3);
        Assert.Equal(bestOf4, wins[1], 1e-3);
        Assert.Equal(worstOf4, wins[2], 1e-3);
    }

    private static double Value(string text) => text.TrimEnd('$').Aggregate(0.0, (sum, letter) => (sum * 1.7) + letter - 'a' + 1);

    // What the plan itself writes with the noises below the search's.
    private List<string> References(long seed, int count)
        => [.. Enumerable.Range(0, count).Select(i => _toy.Text(_toy.Plan(null, new SamplingOptions { Seed = new PositionNoise(seed).Derive(-1 - i).Seed })))];

    private List<(string Text, double? Score, FinishKind? Finish)> Run(long seed, params RewardOptions[] rewards)
        => _toy.Run(_toy.Plan(new BestOfOptions { N = 4, Results = 4, Rewards = [.. rewards] }, new SamplingOptions { Seed = seed }));

    [Fact]
    public void A_score_is_its_quantile_among_texts_of_the_plan()
    {
        foreach (var (transform, threshold) in new (CalibrationTransform, double?)[] { (CalibrationTransform.Identity, null), (CalibrationTransform.ExpNeg, null), (CalibrationTransform.Identity, .6) })
        {
            var calibration = new CalibrationOptions(12, transform);
            var reward = _toy.Reward(Value) with { Calibration = calibration, Weight = 3, Threshold = threshold };
            for (var seed = 0; seed < 10; seed++)
            {
                var references = References(seed, 12).ConvertAll(Value);
                var results = Run(seed, reward);
                Assert.All(results, result =>
                {
                    var calibrated = calibration.Apply(references.Average(reference => reference < Value(result.Text) ? 1 : reference == Value(result.Text) ? .5 : 0));
                    Assert.Equal(3 * (threshold is null ? calibrated : calibrated >= threshold ? 1 : 0), result.Score!.Value, 9);
                });
            }
        }
    }

    [Theory]
    [InlineData("args")]
    [InlineData("controlled-decoding")]
    [InlineData("segment-rerank")]
    [InlineData("mcts")]
    public void Searches_of_beginnings_compare_with_the_same_texts(string kind)
    {
        var calibration = new CalibrationOptions(12);
        ValueList<RewardOptions> rewards = [_toy.Reward(Value) with { Calibration = calibration }];
        SearchOptions search = kind switch
        {
            "args" => new ArgsOptions { Rewards = rewards },
            "mcts" => new MctsOptions { Rewards = rewards },
            "segment-rerank" => new SegmentRerankOptions { Rewards = rewards, SegmentTokens = 2 },
            _ => new ValueGuidanceOptions { Rewards = rewards },
        };
        for (var seed = 0; seed < 5; seed++)
        {
            var references = References(seed, 12).ConvertAll(Value);
            var (text, score, _) = _toy.Run(_toy.Plan(search, new SamplingOptions { Seed = seed }))[0];
            Assert.Equal(calibration.Calibrate(Value(text), references), score!.Value, 9);
        }
    }

    [Fact]
    public void References_are_drawn_once_for_all_rewards_and_counted()
    {
        var few = _toy.Reward(Value) with { Calibration = new CalibrationOptions(6) };
        var many = _toy.Reward(text => text.Length, "other") with { Calibration = new CalibrationOptions(100) };
        var results = Run(7, few, many);
        var references = References(7, 100);
        var written = references.Concat(Run(7, few).Select(result => result.Text)).ToList();
        Run(7, few, many);
        Assert.Equal(written.Sum(text => text.Length), _toy.Last.Counter.Tokens);
        Assert.Equal(_toy.Last.Counter.Tokens, _toy.Last.Counter.Target);
        Assert.Equal((6 + 4) + (100 + 4), _toy.Last.Rewards.Scored + _toy.Last.Rewards.Known);
        Assert.All(results, result => Assert.Equal(
            few.Calibration.Calibrate(Value(result.Text), references[..6].ConvertAll(Value)) + many.Calibration.Calibrate(result.Text.Length - 1, references.ConvertAll(text => text.Length - 1.0)), result.Score!.Value, 9));
    }

    [Fact]
    public void References_obey_constraints_and_are_the_same_with_speculation()
    {
        var seen = new HashSet<string>();
        var reward = _toy.Reward(text =>
        {
            seen.Add(text);
            return Value(text);
        }) with { Calibration = new CalibrationOptions(20) };
        var options = new DecodingOptions { Search = new BestOfOptions { N = 2, Rewards = [reward] }, Sampling = new SamplingOptions { Seed = 2 }, Constraints = [new PatternOptions { Pattern = "[ab]{3}c[abc]{0,9}" }] };
        var plain = _toy.Run(_toy.Plan(options));
        Assert.True(seen.Count > 5);
        Assert.All(seen, text => Assert.Matches("^[ab]{3}c[abc]{0,9}$", text));
        Assert.Equal(plain, _toy.Run(_toy.Plan(options with { Speculation = new PromptLookupOptions() })));
    }

    [Fact]
    public void Calibrated_rewards_of_different_scales_both_have_a_say()
    {
        var large = _toy.Reward(text => 1e6 * Value(text), "large");
        var small = _toy.Reward(text => -text.Length, "small");
        var calibration = new CalibrationOptions(64);
        var changed = 0;
        for (var seed = 0; seed < 30; seed++)
        {
            var alone = Run(seed, large)[0].Text;
            Assert.Equal(alone, Run(seed, large, small)[0].Text);
            if (Run(seed, large with { Calibration = calibration }, small with { Calibration = calibration, Weight = 2 })[0].Text != alone) changed++;
        }

        Assert.InRange(changed, 5, 30);
    }

    [Fact]
    public void Texts_that_cannot_be_scored_are_below_all_others()
    {
        // Of three tokens none ends, of four some do: a reward of whole texts has nothing to compare with, or some.
        var whole = _toy.Reward(_ => 1, scoresPartial: false) with { Calibration = new CalibrationOptions(40) };
        var results = _toy.Run(_toy.Plan(new BestOfOptions { N = 20, Rewards = [whole] }), maxTokens: 4);
        var ended = _toy.Enumerate(4).Where(pair => pair.Key.EndsWith('$')).Sum(pair => pair.Value);
        Assert.Equal(.5, ended, 9);
        Assert.InRange(results[0].Score!.Value, .6, .9);
        Assert.Empty(_toy.Last.Rewards.Warnings);
    }

    [Fact]
    public void Guidance_token_by_token_compares_with_texts_of_the_whole_plan()
    {
        var reward = _toy.Reward(Value) with { Calibration = new CalibrationOptions(12) };
        for (var seed = 0; seed < 5; seed++)
        {
            var references = References(seed, 12).ConvertAll(Value);
            foreach (var search in new SearchOptions[] { new ArgsOptions { Rewards = [reward] }, new ValueGuidanceOptions { Rewards = [reward] } })
            {
                var (text, score, _) = Assert.Single(_toy.Run(_toy.Plan(search, new SamplingOptions { Seed = seed })));
                Assert.Equal(reward.Calibration!.Calibrate(Value(text), references), score!.Value, 9);
            }
        }
    }

    [Fact]
    public void A_budget_that_leaves_no_references_is_a_warning()
    {
        var reward = _toy.Reward(Value) with { Calibration = new CalibrationOptions(8) };
        var written = Run(3, _toy.Reward(Value)).Sum(result => result.Text.Length);
        var options = new DecodingOptions { Search = new BestOfOptions { N = 4, Rewards = [reward] }, Sampling = new SamplingOptions { Seed = 3 }, Budget = new BudgetOptions { MaxTokens = written } };
        var result = Assert.Single(_toy.Run(_toy.Plan(options)));
        Assert.Equal((.5, FinishKind.EndToken), (result.Score, result.Finish));
        Assert.Contains("not calibrated", Assert.Single(_toy.Last.Rewards.Warnings));
    }

    [Fact]
    public void A_fault_at_a_reference_is_a_fault_of_the_reward()
    {
        var texts = Run(5, _toy.Reward(Value)).Select(result => result.Text.TrimEnd('$')).ToList();
        var fussy = _toy.Reward(text => texts.Contains(text) ? 1 : double.NaN, "fussy") with { Calibration = new CalibrationOptions() };
        Assert.Equal("fussy", Assert.Throws<RewardException>(() => Run(5, fussy)).Reward);
        Assert.Equal(4, Run(5, fussy with { OnFault = RewardFaultPolicy.Drop }).Count);
        Assert.Contains("fussy", Assert.Single(_toy.Last.Rewards.Warnings));
    }

    [Fact]
    public void Greedy_sampling_is_refused_by_name()
    {
        var reward = _toy.Reward(Value) with { Calibration = new CalibrationOptions() };
        var context = (_toy.Vocabulary.Context with { Services = _toy.Services }).For(new DecodingOptions { Sampling = new GreedyOptions() });
        var message = Assert.Throws<ArgumentException>(() => new RewardModel("some-search", [reward], context, partial: true)).Message;
        Assert.All(["some-search", "greedy", "reward", "Calibration"], name => Assert.Contains(name, message));
    }

    [Theory]
    [InlineData(CalibrationTransform.Identity, 0, 2)]
    [InlineData(CalibrationTransform.ExpNeg, -2, -9.07999e-5)]
    public void Bounds_are_those_of_the_transform(CalibrationTransform transform, double minimum, double maximum)
    {
        var reward = _toy.Reward(Value) with { Calibration = new CalibrationOptions(Transform: transform), Weight = 2 };
        var model = new RewardModel("some-search", [reward], _toy.Vocabulary.Context with { Services = _toy.Services }, partial: false);
        Assert.Equal(minimum, model.Minimum, 1e-9);
        Assert.Equal(maximum, model.Maximum, 1e-9);
    }

    [Fact]
    public void Json_leaves_out_what_is_default()
    {
        var read = (BestOfOptions)DecodingOptions.Read("""{"search":{"kind":"best-of","rewards":[{"kind":"length","max":3,"calibration":{"transform":"exp-pos"}}]}}""").Search!;
        Assert.Equal(new CalibrationOptions(16, CalibrationTransform.ExpPos), read.Rewards[0].Calibration);
    }
}
