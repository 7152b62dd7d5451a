namespace Decant.Tests.Decoding.Speculation.Lengths;

public class GoodputLengthTests
{
    [Theory]
    [InlineData(0.01, 7)]
    [InlineData(0.02, 6)]
    [InlineData(0.05, 4)]
    [InlineData(0.1, 3)]
    [InlineData(2, 0)]
    public void The_best_length_is_the_cards(double draft, int best) => Assert.Equal(best, new DraftCosts(draft, [1]).Best(0.6, 16));

    [Theory]
    [InlineData(0.01, 7)]
    [InlineData(0.02, 6)]
    [InlineData(0.05, 4)]
    [InlineData(0.1, 3)]
    public void Rounds_of_a_known_acceptance_lead_to_the_best_length(double draft, int best)
    {
        var run = Open(new GoodputLengthOptions { AcceptanceEma = 0.9999 }, new DraftCosts(draft, [1]));
        var random = new Random(1);
        for (var i = 0; i < 40000; i++) Play(run, random, 0.6);
        Assert.Equal(best, run.MaxDepth);
    }

    [Fact]
    public void With_the_default_memory_tokens_per_time_stay_near_the_best()
    {
        var costs = new DraftCosts(0.05, [1]);
        var run = Open(new GoodputLengthOptions(), costs);
        var (random, tokens, time) = (new Random(2), 0.0, 0.0);
        for (var i = 0; i < 20000; i++)
        {
            time += run.MaxDepth * costs.Draft + costs.Target(run.MaxDepth + 1);
            tokens += 1 + Play(run, random, 0.6);
        }

        var best = (1 - Math.Pow(0.6, 5)) / 0.4 / (4 * 0.05 + 1);
        Assert.InRange(tokens / time, 0.95 * best, 1.02 * best);
    }

    [Fact]
    public void Rows_that_cost_make_drafts_shorter()
    {
        Assert.Equal(1.75, new DraftCosts(0, [1, 1.25]).Target(4));
        Assert.True(new DraftCosts(0.01, [1, 1.2]).Best(0.6, 16) < 7);
    }

    [Fact]
    public void While_nothing_is_best_it_tries_one_token_now_and_then()
    {
        var run = Open(new GoodputLengthOptions { ExploreRate = 0.25 }, new DraftCosts(0.95, [1]));
        Assert.Equal(0, run.MaxDepth);
        var tried = 0;
        for (var i = 0; i < 40; i++)
        {
            tried += run.MaxDepth;
            run.Round(run.MaxDepth, 0);
        }

        Assert.Equal(9, tried);
        for (var i = 0; i < 200; i++) run.Round(run.MaxDepth, run.MaxDepth);
        Assert.True(run.MaxDepth > 0, "It has not noticed that drafts are accepted now.");
        var never = Open(new GoodputLengthOptions { ExploreRate = 0 }, new DraftCosts(0.95, [1]));
        for (var i = 0; i < 200; i++) Assert.Equal(0, never.Round(0, 0));
    }

    [Fact]
    public void It_drafts_at_most_so_many_and_changes_only_when_it_is_sure()
    {
        Assert.Equal(3, Open(new GoodputLengthOptions { MaxTokens = 3 }, new DraftCosts(0.001, [1])).MaxDepth);
        var (quick, slow) = (Open(new GoodputLengthOptions(), new DraftCosts(0.1, [1])), Open(new GoodputLengthOptions { Hysteresis = 3 }, new DraftCosts(0.1, [1])));
        var start = slow.MaxDepth;
        Assert.NotEqual(start, quick.Round(start, 0));
        Assert.Equal(start, slow.Round(start, 0));
        Assert.Equal(start, slow.Round(start, 0));
        Assert.NotEqual(start, slow.Round(start, 0));
    }

    [Fact]
    public void Tokens_behind_a_refused_one_do_not_count_as_refused()
    {
        // One token before the first draft, then 4 of 5: (0.7 + 4) / (1 + 5) against (0.7 + 4) / (1 + 8) where all drafted tokens were counted.
        var run = Open(new GoodputLengthOptions { AcceptanceEma = 0 }, new DraftCosts(0.1, [1]));
        Assert.Equal(new DraftCosts(0.1, [1]).Best(0.8, 8), run.Round(8, 4));
    }

    [Fact]
    public void Costs_are_measured_once_for_each_pair_of_models()
    {
        var time = new ManualTime();
        var runs = new SpeculationRuns(vocabulary: 12, scale: 3);
        runs.Target.BeforeForward = _ => Advance(time, 100);
        runs.Draft.BeforeForward = _ => Advance(time, 150);
        var counter = new SpeculationCounter();
        var options = new DecodingOptions { Speculation = new DraftModelOptions { Model = "draft", Length = new GoodputLengthOptions { ExploreRate = 0 } } }.WithSeed(1);
        var before = runs.Target.ForwardCount;
        runs.Run(options, 30, counter: counter, change: request => request with { TimeProvider = time });
        var first = runs.Target.ForwardCount - before;
        Assert.Equal(0, counter.Drafted);
        runs.Run(options, 30, counter: counter, change: request => request with { TimeProvider = time });
        var second = runs.Target.ForwardCount - before - first;
        Assert.Equal(30, second);
        
        // Forwards of 1 … 9 rows and one of many, four of each.
        Assert.Equal(30 + (10 * 4), first);

        var cheap = new SpeculationRuns(vocabulary: 12, scale: 3);
        cheap.Target.BeforeForward = _ => Advance(time, 100);
        cheap.Draft.BeforeForward = _ => Advance(time, 1);
        cheap.Run(options, 30, counter: counter, change: request => request with { TimeProvider = time });
        Assert.True(counter.Drafted > 0);
    }

    [Fact]
    public void In_a_short_context_as_many_rows_are_measured_as_it_holds()
    {
        // Five tokens of the prompt, and three behind them; nine rows do not fit.
        var runs = new SpeculationRuns(vocabulary: 12) { Target = TableModel.Random(12, contextLength: 8), Draft = TableModel.Random(12) };
        var options = new DecodingOptions { Speculation = new DraftModelOptions { Model = "draft", Length = new GoodputLengthOptions() } }.WithSeed(1);
        Assert.Equal(runs.Run(options with { Speculation = null }, 30), runs.Run(options, 30));
    }

    // With costs of a and a fifth of a row more for every further one, by brute force over all lengths.
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    [InlineData(8, 1)]
    [InlineData(32, 0)]
    public void The_more_calls_share_a_forward_the_less_is_drafted(int batch, int best)
    {
        double Rate(int k) => Enumerable.Range(0, k + 1).Sum(i => Math.Pow(0.8, i)) / ((k * 0.05 * (1 + (0.2 * (batch - 1)))) + 1 + (0.2 * ((batch * (k + 1)) - 1)));
        var costs = new DraftCosts(0.05, [1, 1.2]);
        Assert.Equal(Enumerable.Range(0, 17).MaxBy(Rate), costs.Best(0.8, 16, batch));
        Assert.Equal(best, costs.Best(0.8, 16, batch));
    }

    [Fact]
    public void The_load_is_seen_while_the_call_goes_on()
    {
        var target = TableModel.Random(4);
        var run = (new GoodputLengthOptions { Costs = "costs", MaxTokens = 16 }).Open(new DecodingServices().Add("costs", new DraftCosts(0.05, [1, 1.2])), target);
        var alone = run.Round(run.MaxDepth, run.MaxDepth);
        target.Batch = 32;
        var loaded = run.Round(run.MaxDepth, run.MaxDepth);
        Assert.True(loaded < alone, $"{loaded} under load, {alone} alone");
        Assert.Throws<ArgumentOutOfRangeException>(() => new DraftCosts(0, [1]).Best(0.5, 4, 0));
    }

    private static ILengthRun Open(GoodputLengthOptions options, DraftCosts costs) => (options with { Costs = "costs" }).Open(new DecodingServices().Add("costs", costs));

    private static int Play(ILengthRun run, Random random, double acceptance)
    {
        var (drafted, accepted) = (run.MaxDepth, 0);
        while (accepted < drafted && random.NextDouble() < acceptance) accepted++;
        run.Round(drafted, accepted);
        return accepted;
    }

    private static Task Advance(ManualTime time, double milliseconds)
    {
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return Task.CompletedTask;
    }
}
