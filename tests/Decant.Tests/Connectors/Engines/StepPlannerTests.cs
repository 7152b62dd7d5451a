using Decant.Connectors.Chat;
using Decant.Connectors.Engines;

namespace Decant.Tests.Connectors.Engines;

public class StepPlannerTests
{
    private const double Work = 64;
    private readonly StepPlanner _planner = new(slices: true, reach: 1000);
    private readonly List<ForwardRequest> _step = [];

    [Fact]
    public void Streams_run_in_every_step_and_a_long_prompt_takes_what_is_left()
    {
        var prompt = new FakeSequence().Ask(4000);
        ForwardRequest[] streams = [.. Enumerable.Range(0, 10).Select(_ => new FakeSequence().Ask(1, first: false))];
        Plan([prompt, .. streams]);
        Assert.All(streams, stream => Assert.Equal(1, stream.Take));

        // 54 rows of a long one's first row's cost, in fours.
        Assert.Equal(52, prompt.Take);
        Advance();
        Assert.Equal(3948, prompt.Remaining);
        Assert.All(streams, stream => Assert.True(stream.IsDone));
    }

    [Fact]
    public void However_many_streams_there_are_a_long_prompt_goes_on()
    {
        var prompt = new FakeSequence().Ask(4000);
        Plan([prompt, .. Enumerable.Range(0, 500).Select(_ => new FakeSequence().Ask(1, first: false))]);
        Assert.Equal(16, prompt.Take);
        Advance();
        while (prompt.Remaining > 40)
        {
            Plan([prompt, .. Enumerable.Range(0, 500).Select(_ => new FakeSequence().Ask(1, first: false))]);
            Assert.InRange(prompt.Take, 4, 16);
            Advance();
        }
    }

    [Fact]
    public void Rows_far_back_in_a_text_cost_more_so_fewer_of_them_run()
    {
        var prompt = new FakeSequence().Ask(4000);
        Plan([prompt]);
        Assert.Equal(64, prompt.Take);
        while (prompt.From < 3000)
        {
            Advance();
            Plan([prompt]);
        }

        Assert.Equal(12, prompt.Take);
    }

    [Fact]
    public void A_first_token_is_not_kept_waiting_but_every_other_step_goes_on_with_the_rest()
    {
        var prompt = new FakeSequence().Ask(4000);
        Plan([prompt, new FakeSequence().Ask(30)]);
        Assert.Equal(0, prompt.Take);
        Advance();
        Plan([prompt, new FakeSequence().Ask(30)]);
        Assert.True(prompt.Take > 0);
    }

    [Fact]
    public void The_shortest_of_several_prompts_goes_first_and_the_oldest_always_has_a_share()
    {
        var (oldest, middle, shortest) = (new FakeSequence().Ask(4000), new FakeSequence().Ask(900), new FakeSequence().Ask(300));
        Plan([oldest, middle, shortest]);
        Assert.Equal((16, 0, 48), (oldest.Take, middle.Take, shortest.Take));
    }

    [Fact]
    public void The_urgent_goes_before_the_short()
    {
        var (low, high) = (new FakeSequence(CallPriority.Low).Ask(200), new FakeSequence(CallPriority.High).Ask(900));
        Plan([high, low]);
        Assert.Equal((64, 0), (high.Take, low.Take));
    }

    [Fact]
    public void Rows_of_other_layers_take_turns()
    {
        var layers = new LayerPlan { ExitLayer = 1 };
        var (plain, partial) = (new FakeSequence().Ask(1000), new FakeSequence().Ask(1000, layers: layers));
        Plan([plain, partial]);
        Assert.Equal(partial, Assert.Single(_step));
        Advance();
        Plan([plain, partial]);
        Assert.Equal(plain, Assert.Single(_step));
    }

    [Fact]
    public void Three_ways_through_the_layers_all_get_their_turn()
    {
        LayerPlan?[] ways = [null, new LayerPlan { ExitLayer = 1 }, new LayerPlan { ExitLayer = 2 }];
        List<ForwardRequest> requests = [.. ways.Select(layers => new FakeSequence().Ask(1000, layers: layers))];
        var ran = new List<ForwardRequest>();
        for (var i = 0; i < 6; i++)
        {
            Plan(requests);
            ran.Add(Assert.Single(_step));
            Advance();
        }

        Assert.Equal(3, ran.Take(3).Distinct().Count());
        Assert.Equal(ran.Take(3), ran.Skip(3));
    }

    [Fact]
    public void An_engine_that_does_not_slice_runs_requests_whole()
    {
        var (a, b) = (new FakeSequence().Ask(4000), new FakeSequence().Ask(5));
        new StepPlanner(slices: false, double.PositiveInfinity).Plan([a, b], Work, _step);
        Assert.Equal((4000, 5), (a.Take, b.Take));
    }

    private void Plan(List<ForwardRequest> started) => _planner.Plan(started, Work, _step);

    private void Advance()
    {
        foreach (var request in _step) request.Advance();
    }
}
