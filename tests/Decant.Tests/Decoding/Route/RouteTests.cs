namespace Decant.Tests.Decoding.Route;

public class RouteTests
{
    private readonly RouteRuns _runs = new();

    [Theory]
    [InlineData(RouteStart.Large)]
    [InlineData(RouteStart.Small)]
    public void At_its_limits_entropy_switch_is_one_models_text(RouteStart start)
    {
        var route = new EntropySwitchOptions { Small = "small", StartWith = start };
        for (var seed = 1; seed <= 5; seed++)
        {
            Assert.Equal(_runs.Run(null, seed), _runs.Run(route with { Threshold = -1 }, seed));
            Assert.Equal(60, _runs.Counter.Models["table"]);
            Assert.Equal(_runs.Run(null, seed, _runs.Small), _runs.Run(route with { Threshold = 64 }, seed));
            Assert.Equal(60, _runs.Counter.Models["small"]);
        }

        Assert.Equal((0, 0, 0), (_runs.Large.OpenResults + _runs.Small.OpenResults, _runs.Large.OpenSequences, _runs.Small.OpenSequences));
    }

    [Fact]
    public void Every_member_of_entropy_switch_counts()
    {
        // The tables' rows have 2.9 to 4.1 bits: about half of the windows are above this.
        var route = new EntropySwitchOptions { Small = "small", Threshold = 3.6 };
        var texts = new HashSet<string>();
        foreach (var each in new[] { route, route with { Window = 1 }, route with { Threshold = 3.4 }, route with { MinStay = 1 }, route with { StartWith = RouteStart.Small } })
            Assert.True(texts.Add(string.Join(' ', _runs.Run(each))), each.ToString());
        _runs.Run(route);
        Assert.Equal(2, _runs.Counter.Models.Count);
        Assert.Equal(60, _runs.Counter.Tokens);
    }

    [Fact]
    public void A_model_stays_for_so_many_tokens_and_the_trace_says_which_it_was()
    {
        _runs.Run(new EntropySwitchOptions { Small = "small", Threshold = 3.4, Window = 1, MinStay = 7 }, tokens: 200);
        var models = _runs.Recorder.Tokens.Select(token => token.Model).ToList();
        var stays = new List<int>();
        for (int start = 0, i = 1; i <= models.Count; i++)
        {
            if (i < models.Count && models[i] == models[start]) continue;
            stays.Add(i - start);
            start = i;
        }

        Assert.True(stays.Count > 4);
        Assert.All(stays.Skip(1).SkipLast(1), stay => Assert.True(stay >= 7));
        Assert.Equal(models.Count(model => model == "small"), _runs.Counter.Models["small"]);
    }

    [Fact]
    public void Collaboration_never_is_the_small_models_text_and_with_the_oracle_always_the_large_ones()
    {
        var route = new CollaborationOptions { Small = "small" };
        Assert.Equal(_runs.Run(null, 1, _runs.Small), _runs.Run(route with { Router = CollaborationRouter.Never }));
        Assert.Equal(0, _runs.Counter.Frequency);
        Assert.Equal(_runs.Run(null), _runs.Run(route with { Router = CollaborationRouter.Always }));
        Assert.InRange(_runs.Counter.Frequency, 0.5, 1);
        Assert.Equal(_runs.Run(null, 1, _runs.Small), _runs.Run(route with { Threshold = 0 }));
        Assert.Equal(_runs.Run(null), _runs.Run(route with { Router = CollaborationRouter.Always, Method = CollaborationMethod.Contrastive, Beta = 1, Plausibility = 0 }));
        Assert.Equal(_runs.Run(null), _runs.Run(route with { Router = CollaborationRouter.Always, Method = CollaborationMethod.Proxy, Untuned = "untuned", Alpha = 0 }));
    }

    [Fact]
    public void Every_member_of_collaboration_counts()
    {
        _runs.Services.Add("svm", new RouteClassifier([[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]], [-1], 0.5, 1));
        // The small table's likeliest tokens have 0.13 to 0.3, and half of their margins are below 0.022.
        var route = new CollaborationOptions { Small = "small" };
        var contrastive = route with { Method = CollaborationMethod.Contrastive };
        var proxy = route with { Method = CollaborationMethod.Proxy, Untuned = "untuned" };
        var texts = new HashSet<string>();
        foreach (var each in new[]
        {
            route, route with { Threshold = 0.2 }, route with { Router = CollaborationRouter.Margin, Threshold = 0.02 }, route with { Router = CollaborationRouter.Margin, Threshold = 0.01 },
            route with { Router = CollaborationRouter.Svm, Classifier = "svm" }, contrastive, contrastive with { Beta = 2 }, contrastive with { Plausibility = 0.6f }, proxy, proxy with { Alpha = 2 },
        })
        {
            Assert.True(texts.Add(string.Join(' ', _runs.Run(each))), each.ToString());
        }
    }

    [Fact]
    public void Where_constraints_allow_nothing_plausible_they_hold()
    {
        var route = new CollaborationOptions { Small = "small", Router = CollaborationRouter.Always, Method = CollaborationMethod.Contrastive, Plausibility = 1 };
        Assert.All(_runs.Run(route, options: new DecodingOptions { Constraints = [new MultiplesOptions(7)] }), token => Assert.Equal(0, token % 7));
    }

    [Fact]
    public void A_classifier_learns_from_logged_differences()
    {
        // The band is a quarter of what the kernel blurs: only where mistakes cost much is it told from its neighbours.
        var examples = Band();
        var classifier = RouteClassifierTrainer.Train(examples, 1e6);
        Assert.All(examples, example => Assert.Equal(example.Differs, classifier.Score(example.Top.Span) > 0));

        var path = Path.GetTempFileName();
        classifier.Save(path);
        Assert.Equal(classifier.Score(examples[3].Top.Span), RouteClassifier.Load(path).Score(examples[3].Top.Span));
        File.WriteAllText(path, "{}");
        Assert.Throws<InvalidDataException>(() => RouteClassifier.Load(path));
        File.Delete(path);
        Assert.Throws<ArgumentException>(() => RouteClassifierTrainer.Train(examples[..10]));

        var logged = new List<RouteExample>();
        _runs.Collect(logged);
        _runs.Run(new CollaborationOptions { Small = "small", Router = CollaborationRouter.Always });
        Assert.Equal(60, logged.Count);
        Assert.Equal(_runs.Counter.Differing, logged.Count(example => example.Differs));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void A_classifier_satisfies_the_conditions_that_only_the_optimum_does(double penalty)
    {
        // Karush, Kuhn and Tucker: vectors without a weight lie outside the margin, those with less than the most on it, those with the most inside; and the weights sum to 0.
        var examples = Band();
        var classifier = RouteClassifierTrainer.Train(examples, penalty);
        Assert.Equal(0, classifier.Weights.Sum(), 6);
        var balanced = (Differs: penalty * 120 / (2 * 19), Agrees: penalty * 120 / (2 * 101));
        var seen = new HashSet<string>();
        foreach (var example in examples)
        {
            var index = classifier.Vectors.ToList().FindIndex(vector => vector.SequenceEqual(example.Top));
            var alpha = index < 0 ? 0 : classifier.Weights[index] * (example.Differs ? 1 : -1);
            var most = example.Differs ? balanced.Differs : balanced.Agrees;
            var margin = classifier.Score(example.Top.Span) * (example.Differs ? 1 : -1);
            Assert.InRange(alpha, 0, most);
            if (alpha < most) Assert.True(margin >= 1 - 1e-3, $"{margin} with {alpha} of {most}");
            if (alpha > 0) Assert.True(margin <= 1 + 1e-3, $"{margin} with {alpha} of {most}");
            seen.Add(alpha == 0 ? "none" : alpha < most ? "some" : "most");
        }

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public void Two_examples_have_the_margin_that_one_computes_by_hand()
    {
        // Two opposite vectors at kernel k: both weights are 1 / (1 − k), the bias 0, and each lies on its margin.
        double[] zero = new double[10];
        var classifier = RouteClassifierTrainer.Train([new([1, .. zero[1..]], true), new([0, 1, .. zero[2..]], false)], 100);
        var k = Math.Exp(-classifier.Gamma * 2);
        Assert.Equal(1 / (1 - k), classifier.Weights[0], 6);
        Assert.Equal(-1 / (1 - k), classifier.Weights[1], 6);
        Assert.Equal(0, classifier.Bias, 6);
    }

    [Fact]
    public void Budgets_and_other_slots_are_respected_or_refused_by_name()
    {
        var route = new EntropySwitchOptions { Small = "small", Threshold = 64 };
        Assert.Equal(8, _runs.Run(route, options: new DecodingOptions { Budget = new BudgetOptions { MaxForwards = 9 } }).Count);
        foreach (var other in new[] { new DecodingOptions { Speculation = new PromptLookupOptions() }, new DecodingOptions { Search = new SecondBestOptions() }, new DecodingOptions { Contrast = new LinearContrastOptions(1) } })
        {
            var message = Assert.Throws<ArgumentException>(() => _runs.Run(route, options: other)).Message;
            Assert.Contains("entropy-switch", message);
            Assert.Contains(other.Strategies.First(strategy => strategy is not SamplerOptions).Kind, message);
        }

        Assert.Contains("Routes", Assert.Throws<ArgumentException>(() => _runs.Run(route, change: request => request with { Routes = [] })).Message);
        using var source = new CancellationTokenSource();
        source.Cancel();
        _runs.Run(route, tokens: 1, change: request =>
        {
            Assert.ThrowsAny<OperationCanceledException>(() => Generator.GenerateAsync(request, source.Token).ToBlockingEnumerable().ToList());
            return request;
        });
    }

    // The models differ where the likeliest token has between 0.3 and 0.43: 19 of 120 examples.
    private static List<RouteExample> Band() => [.. Enumerable.Range(0, 120).Select(i => 0.1 + 0.8 * i / 120)
        .Select((top, i) => new RouteExample([top, .. Enumerable.Repeat((1 - top) / 9, 9)], i is > 30 and < 50))];
}
