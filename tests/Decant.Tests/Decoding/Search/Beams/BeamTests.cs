using System.Text.Json;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Tests.Oracles;

namespace Decant.Tests.Decoding.Search.Beams;

/// <summary>Beam search against greedy decoding, against all texts there are, against a slow reference, and against outside numbers.</summary>
public class BeamTests
{
    // The likeliest first letter leads nowhere good.
    private static SearchToy Garden() => new("ab", (text, next) => _ = text.FirstOrDefault() switch
    {
        '\0' => (next['a'], next['b']) = (.6, .4),
        'a' => text.Length > 2 ? (next[SearchToy.End], next['a']) = (1, 0) : (next['a'], next['b']) = (.5, .5),
        _ => (next[SearchToy.End], next['b']) = (.9, .1),
    });

    [Fact]
    public void It_finds_the_text_that_greedy_decoding_passes_by()
    {
        using var toy = Garden();
        Assert.StartsWith("a", toy.Text(toy.Plan(null, new GreedyOptions())));
        var (text, score, finish) = Assert.Single(toy.Run(toy.Plan(new BeamOptions { Beams = 2, LengthPenalty = 0 }, new GreedyOptions())));
        Assert.Equal(("b$", FinishKind.EndToken), (text, finish));
        Assert.Equal(Math.Log(.36), score!.Value, 1e-6);
    }

    [Fact]
    public void One_beam_is_greedy_decoding()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            using var toy = Random(seed, endings: .15);
            Assert.Equal(toy.Text(toy.Plan(null, new GreedyOptions()), 12), toy.Text(toy.Plan(new BeamOptions { Beams = 1, LengthPenalty = 0 }, new GreedyOptions()), 12));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void As_many_beams_as_beginnings_are_exact(double lengthPenalty)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            using var toy = Random(seed, endings: .3);
            var best = toy.Enumerate(4).OrderByDescending(pair => Math.Log(pair.Value) / Math.Pow(pair.Key.Length, lengthPenalty)).Take(3).ToList();
            var found = toy.Run(toy.Plan(new BeamOptions { Beams = 64, LengthPenalty = lengthPenalty, EarlyStopping = EarlyStopping.Never, Results = 3 }, new SamplingOptions()), 4);
            Assert.Equal(best.ConvertAll(pair => pair.Key), found.ConvertAll(result => result.Text));
            for (var i = 0; i < 3; i++) Assert.Equal(Math.Log(best[i].Value) / Math.Pow(best[i].Key.Length, lengthPenalty), found[i].Score!.Value, 1e-5);
        }
    }

    [Theory]
    [InlineData(EarlyStopping.Heuristic, 1)]
    [InlineData(EarlyStopping.First, 1)]
    [InlineData(EarlyStopping.Never, 1)]
    [InlineData(EarlyStopping.Heuristic, -0.5)]
    [InlineData(EarlyStopping.Never, 0.3)]
    public void It_agrees_with_a_slow_reference(EarlyStopping stopping, double lengthPenalty)
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            using var toy = Random(seed, endings: .2);
            var options = new BeamOptions { Beams = 3, LengthPenalty = lengthPenalty, EarlyStopping = stopping, Results = 3 };
            var found = toy.Run(toy.Plan(options, new GreedyOptions()), 7);
            Assert.Equal(ReferenceBeam.Search(toy, options, 7).ConvertAll(each => each.Text), found.ConvertAll(each => each.Text));
        }
    }

    [Fact]
    public void When_to_stop_changes_the_answer()
    {
        // What begins with a gets better the longer it is, and two other texts end early.
        using var toy = new SearchToy("abc", (text, next) => _ = text switch
        {
            "" => (next['b'], next['a'], next['c']) = (.5, .46, .04),
            "b" => (next[SearchToy.End], next['c'], next['a']) = (.9, .1, 0),
            "bc" => (next[SearchToy.End], next['a'], next['c']) = (.9, .1, 0),
            _ => (next['a'], next[SearchToy.End], next['c']) = text.Length < 6 ? (1, 0, 0) : (0, 1, 0),
        });
        Assert.Equal("b$", toy.Text(toy.Plan(new BeamOptions { Beams = 2, EarlyStopping = EarlyStopping.First })));
        Assert.Equal("aaaaaa$", toy.Text(toy.Plan(new BeamOptions { Beams = 2 })));
        using var later = new SearchToy("abc", (text, next) => _ = text switch
        {
            "" => (next['b'], next['a'], next['c']) = (.5, .3, .2),
            "a" => (next['a'], next['b'], next['c']) = (.45, .3, .25),
            "b" => (next[SearchToy.End], next['c'], next['a']) = (.55, .45, 0),
            "bc" => (next[SearchToy.End], next['a'], next['c']) = (1, 0, 0),
            _ => (next['a'], next[SearchToy.End], next['c']) = text.Length < 6 ? (1, 0, 0) : (0, 1, 0),
        });
        Assert.Equal("bc$", later.Text(later.Plan(new BeamOptions { Beams = 2 })));
        Assert.Equal("aaaaaa$", later.Text(later.Plan(new BeamOptions { Beams = 2, EarlyStopping = EarlyStopping.Never })));
    }

    [SkippableFact]
    public async Task Four_beams_of_a_random_gpt2_write_the_published_texts()
    {
        using var model = CpuModel.Load(TestData.Path("weights/tiny_random_gpt2"));
        var golden = JsonDocument.Parse(File.ReadAllText(TestData.Path("weights/tiny_random_gpt2/golden.json"))).RootElement.GetProperty("beam");
        var plan = DecodingPlan.Compile(new DecodingOptions { Search = new BeamOptions { Beams = 4 }, Sampling = new GreedyOptions() }, new PlanContext { Model = model.Info });
        for (var i = 0; i < golden.GetProperty("input_ids").GetArrayLength(); i++)
        {
            var prompt = Ints(golden.GetProperty("input_ids")[i]);
            var expected = Ints(golden.GetProperty("expected")[i]);
            using var sequence = model.OpenSequence();
            var request = new GenerationRequest { Sequence = sequence, Prompt = prompt, Plan = plan, MaxTokens = golden.GetProperty("max_length").GetInt32() - prompt.Length, EndTokens = [98] };
            Assert.Equal(expected[prompt.Length..], await Generator.GenerateAsync(request).Select(token => token.Id).ToListAsync());
        }

        static int[] Ints(JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetInt32())];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(40)]
    public async Task The_prompt_is_stored_once_and_run_once(int more)
    {
        using var model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Draft), new CpuModelOptions { Threads = 1 });
        const int Beams = 8, Page = 64;
        int[] prompt = [.. Enumerable.Range(0, 500 + more).Select(i => 20 + (i * 53 % 700))];
        var most = 0;
        var services = new DecodingServices().Add<ProcessorFactory>("watch", _ => new Watch(() => most = Math.Max(most, model.Pages.PagesInUse)));
        var plan = DecodingPlan.Compile(
            new DecodingOptions { Search = new BeamOptions { Beams = Beams }, Sampling = new GreedyOptions(), Processors = [new CustomProcessorOptions { Name = "watch" }] }, new PlanContext { Model = model.Info, Services = services });
        using (var sequence = model.OpenSequence())
        {
            var request = new GenerationRequest { Sequence = sequence, Prompt = prompt, Plan = plan, MaxTokens = 20 };
            Assert.Equal(20, (await Generator.GenerateAsync(request).ToListAsync()).Count);

            // One forward for each of the prompt's chunks, then one per beam and token.
            Assert.Equal(((prompt.Length + 255) / 256) + (Beams * 19), request.Counter.Target);
        }

        // A page at each end for what every beam writes; the run's own sequence has not read the last chunk, and shares all but its last page.
        var pages = (prompt.Length + Page - 1) / Page;
        Assert.InRange(most, pages + Beams - 1, pages + (2 * Beams) + 1);
        Assert.Equal(0, model.Pages.PagesInUse);
    }

    [Fact]
    public void Constraints_and_processors_hold_in_every_beam()
    {
        using var toy = Random(3, endings: .2);
        var results = toy.Run(toy.Plan(new BeamOptions { Beams = 6, Results = 6 }, new GreedyOptions(), new PatternOptions { Pattern = "a[bc]{2,3}" }));
        Assert.All(results, result => Assert.Matches(@"^a[bc]{2,3}\$$", result.Text));
        Assert.True(results.Count > 3);
    }

    [Fact]
    public void Spent_budgets_leave_the_best_so_far()
    {
        using var toy = new SearchToy("ab", (text, next) => (next['a'], next['b']) = (.6, .4));
        foreach (var budget in (BudgetOptions[])[new() { MaxForwards = 21 }, new() { MaxTokens = 21 }])
        {
            var (text, score, finish) = toy.Run(toy.Plan(new DecodingOptions { Search = new BeamOptions(), Sampling = new GreedyOptions(), Budget = budget }), 50)[0];
            Assert.Equal((FinishKind.Budget, new string('a', text.Length)), (finish, text));
            Assert.Equal(Math.Log(.6), score!.Value, 1e-5);
            Assert.InRange(toy.Last.Counter.Total, 10, 21);
            Assert.InRange(toy.Last.Counter.Tokens, 12, 24);
        }
    }

    [Fact]
    public void Where_nothing_may_be_said_it_says_so()
    {
        using var toy = Garden();
        Assert.Throws<NoTokenAllowedException>(() => toy.Run(toy.Plan(new BeamOptions(), new GreedyOptions(), new PatternOptions { Pattern = "bx" })));

        // A beam that comes to such a place is dropped, and the others go on.
        using var trap = new SearchToy("abc", (text, next) => _ = text.Length == 0 ? (next['a'], next['b']) = (.9, .1) : text == "a" ? (next['c'], next['b']) = (1, 0) : (next[SearchToy.End], next['b']) = (.9, .1));
        Assert.Equal("b$", trap.Text(trap.Plan(new BeamOptions { Beams = 2 }, new GreedyOptions(), new PatternOptions { Pattern = "a[ab]|b" })));
    }

    [Theory]
    [InlineData("""{"kind":"beam"}""")]
    [InlineData("""{"kind":"diverse-beam"}""")]
    [InlineData("""{"kind":"stochastic-beam"}""")]
    [InlineData("""{"kind":"conditional-beam","rewards":[{"kind":"named","reward":"likes-b","threshold":1}]}""")]
    [InlineData("""{"kind":"lexical-beam","clauses":[["bbbb"]],"lookahead":3,"lookahead_mode":"beam"}""")]
    [InlineData("""{"kind":"lexical-beam","clauses":[["bbbb"]],"banks":true}""")]
    public void Cancelled_it_leaves_nothing_behind(string search)
    {
        using var toy = Random(4, endings: 0);
        toy.Reward(text => text.Count('b'.Equals), "likes-b");
        for (var rows = 1; rows < 60; rows += 7)
        {
            using var cancellation = new CancellationTokenSource();
            var left = rows;
            toy.Services.Add<ProcessorFactory>($"cancel-{rows}", _ => new Watch(() =>
            {
                if (--left == 0) cancellation.Cancel();
            }));
            var options = DecodingOptions.Read(search) with { Sampling = new SamplingOptions { Seed = 1 }, Processors = [new CustomProcessorOptions { Name = $"cancel-{rows}" }] };
            Assert.ThrowsAny<OperationCanceledException>(() => toy.Run(toy.Plan(options), 40, cancellation.Token));
            Assert.Equal((0, 0), (toy.Model.OpenResults, toy.Model.OpenSequences));
        }
    }

    [Fact]
    public void It_reports_better_texts_as_they_come()
    {
        using var toy = new SearchToy("ab", (text, next) => _ = text.Length == 0 ? (next[SearchToy.End], next['a']) = (.45, .55) : text.Length == 3 ? (next[SearchToy.End], next['b']) = (1, 0) : (next['a'], next['b']) = (.95, .05));
        using var sequence = toy.Model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = new[] { 1 }, Plan = toy.Plan(new BeamOptions { Beams = 2 }, new GreedyOptions()), MaxTokens = 10, EndTokens = [0], ReportsProgress = true };
        var reports = Generator.GenerateAsync(request).ToBlockingEnumerable().Where(token => token.Progress is not null).Select(token => token.Progress!).ToList();
        Assert.Equal(2, reports.Count);
        Assert.Equal([0], reports[0].Tokens);
        Assert.True(reports[1].Score > reports[0].Score);
    }

    internal static SearchToy Random(int seed, double endings) => new("abc", (text, next) =>
    {
        var random = new Random((seed * 7919) + text.Aggregate(0, (hash, letter) => (hash * 31) + letter));
        foreach (var letter in "abc") next[letter] = random.NextDouble();
        next[SearchToy.End] = endings * 4 * random.NextDouble();
    });

    private sealed class Watch(Action look) : ILogitProcessor
    {
        public void Apply(GenerationState state, Span<float> logits) => look();

        public void Commit(int token)
        {
        }

        public void Rollback(int tokenCount)
        {
        }

        public IRowProcessor Fork() => this;
    }
}
