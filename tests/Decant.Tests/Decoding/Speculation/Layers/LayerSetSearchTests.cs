using Decant.Tests.Oracles;

namespace Decant.Tests.Decoding.Speculation.Layers;

/// <summary>The search for the parts of layers that a draft can do without.</summary>
public sealed class LayerSetSearchTests
{
    [Fact]
    public async Task A_layer_that_does_nothing_is_found_and_kept_for_later_calls()
    {
        var folder = TinyCheckpoint.Write("mistral", edit: config => config["num_hidden_layers"] = 6, isZero: name => name.Contains("layers.3.") && (name.Contains("o_proj") || name.Contains("down_proj")));
        using var runs = new LayerDraftRuns(folder);
        var idle = new LayerPlan { SkipAttention = [4], SkipMlp = [4] };
        var options = LayerDraftRuns.Greedy(new LayerSkipOptions { Search = true, SkipRatio = 0.17, StopConfidence = 0, MaxTokens = 3 });
        var plain = await runs.RunAsync(LayerDraftRuns.Greedy(null), 140);
        Assert.Equal(plain, await runs.RunAsync(options, 140));
        var tried = Tried(runs);
        Assert.InRange(tried.Distinct().Count(), 2, 28);
        Assert.All(tried, plan => Assert.Equal(2, plan.SkipAttention.Count + plan.SkipMlp.Count));
        Assert.All(tried, plan => Assert.DoesNotContain(plan.SkipAttention.Concat(plan.SkipMlp), layer => layer is 1 or 6));
        Assert.Equal(idle, tried[^1]);

        // The next call drafts with it from its first round on, and nothing else is tried; every draft is right.
        runs.Target.Forwards.Clear();
        var counter = new SpeculationCounter();
        Assert.Equal(plain[..40], await runs.RunAsync(options, 40, counter: counter));
        Assert.Equal([idle], Tried(runs).Distinct());
        Assert.Equal(counter.Drafted, counter.Accepted);
        Assert.Equal(3 * 9 + 2, counter.Drafted);

        // Another client knows nothing of it, and too short an answer tells nothing.
        runs.Target.Forwards.Clear();
        runs.Services = new DecodingServices();
        await runs.RunAsync(options, 32);
        Assert.Empty(Tried(runs));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void It_begins_with_what_is_given_and_ends_when_a_set_is_good_enough()
    {
        var start = new LayerPlan { SkipAttention = [3], ExitLayer = 7 };
        var search = new LayerSetSearch(start, 7, 0.3);
        Assert.Equal(start, search.Best);
        Assert.Equal(start, search.Next());
        search.Add(start, 0.5);
        var second = search.Next()!;
        Assert.Equal((4, 7), (second.SkipAttention.Count + second.SkipMlp.Count, second.ExitLayer));
        search.Add(second, 0.4);
        Assert.Equal(start, search.Best);
        var third = search.Next()!;
        search.Add(third, 0.95);
        Assert.Equal(third, search.Best);
        Assert.Null(search.Next());
    }

    [Fact]
    public void Every_25th_set_is_the_one_that_the_scores_speak_for()
    {
        var search = new LayerSetSearch(new LayerPlan(), 22, 0.45);
        double Score(LayerPlan plan) => 0.9 * plan.SkipMlp.Count / 20;
        LayerPlan? last = null;
        double random = 0;
        for (var trial = 1; trial <= 50; trial++)
        {
            last = search.Next()!;
            Assert.Equal(20, last.SkipAttention.Count + last.SkipMlp.Count);
            if (trial % 25 != 0) random = Math.Max(random, Score(last));
            else Assert.True(Score(last) >= random, $"{Score(last)} after {random}");
            search.Add(last, Score(last));
        }

        Assert.True(Score(search.Best!) > random);
    }

    [Fact]
    public void It_ends_when_all_sets_are_tried_or_none_is_better_for_long()
    {
        var few = new LayerSetSearch(new LayerPlan(), 4, 0.13);
        var tried = new HashSet<LayerPlan>();
        while (few.Next() is { } plan)
        {
            Assert.True(tried.Add(plan));
            few.Add(plan, 0.1);
        }

        Assert.Equal(4, tried.Count);
        var many = new LayerSetSearch(new LayerPlan(), 32, 0.45);
        var trials = 0;
        for (; many.Next() is { } plan; trials++) many.Add(plan, 0.1);
        Assert.Equal(201, trials);
    }

    private static List<LayerPlan> Tried(LayerDraftRuns runs) => [.. runs.Target.Forwards.Select(forward => forward.Layers).OfType<LayerPlan>()];
}
