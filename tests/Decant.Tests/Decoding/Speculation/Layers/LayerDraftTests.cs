using Decant.Tests.Oracles;

namespace Decant.Tests.Decoding.Speculation.Layers;

/// <summary>Drafters that run parts of a model's layers, on the embedded model of four layers.</summary>
public sealed class LayerDraftTests(LayerDraftRuns runs) : IClassFixture<LayerDraftRuns>
{
    private static readonly Dictionary<string, SpeculationOptions> _drafters = new()
    {
        ["skip"] = new LayerSkipOptions { SkipAttention = [3], SkipMlp = [2] },
        ["exit"] = new LayerSkipOptions { ExitLayer = 3, StopConfidence = 0 },
        ["search"] = new LayerSkipOptions { Search = true, SkipRatio = 0.13 },
        ["parallel"] = new LayerParallelOptions { Model = "draft", GroupSize = 2 },
        ["drifting"] = new LayerParallelOptions { Model = "draft", GroupSize = 2, Calibrate = false },
        ["nested"] = new NestedOptions { Exits = [2, 3, 4], Thresholds = [0.9, 0.5, 0.1] },
    };

    public static TheoryData<string> Drafters => [.. _drafters.Keys];

    [Theory]
    [MemberData(nameof(Drafters))]
    public async Task Texts_and_cached_rows_are_those_without_speculation(string name)
    {
        var counter = new SpeculationCounter();
        for (var prompt = 0; prompt < runs.Prompts.Count; prompt++)
        {
            foreach (var sampling in (SamplerOptions[])[new GreedyOptions(), new SamplingOptions { Temperature = 0.8f, Seed = 3 + prompt }])
            {
                // Where a call ends within a round, other rows must go.
                foreach (var tokens in (int[])[48, 9 + prompt])
                {
                    var options = new DecodingOptions { Sampling = sampling };
                    Assert.Equal(await runs.RunAsync(options, tokens, prompt), await runs.RunAsync(options with { Speculation = _drafters[name] }, tokens, prompt, counter));
                }
            }
        }

        Assert.True(counter.Accepted > 0, "No draft was ever accepted: the test shows nothing.");
        Assert.Equal((0, 0), (runs.Target.OpenSequences, runs.Draft.OpenSequences));
    }

    [Fact]
    public async Task Layer_skip_runs_what_its_members_say()
    {
        Assert.Equal([new LayerPlan { SkipAttention = [2], SkipMlp = [3], ExitLayer = 3 }], (await PlansAsync(new LayerSkipOptions { SkipAttention = [2], SkipMlp = [3], ExitLayer = 3 })).Select(forward => forward.Layers).Distinct());
        var counts = new List<int>();
        foreach (var most in (int[])[1, 8])
        {
            var drafts = await DraftsAsync(new LayerSkipOptions { ExitLayer = 3, MaxTokens = most, StopConfidence = 0 });
            Assert.Equal(most, drafts.Max(draft => draft.Length));
            counts.Add(drafts.Sum(draft => draft.Length));
        }

        // Certainty never comes, so every draft ends with its first token; that one stays.
        Assert.All(await DraftsAsync(new LayerSkipOptions { ExitLayer = 3, StopConfidence = 1 }), draft => Assert.Single(draft));
        var some = (await DraftsAsync(new LayerSkipOptions { ExitLayer = 3, StopConfidence = 0.8 })).Select(draft => draft.Length).ToList();
        Assert.True(some.Distinct().Count() > 1, "The confidence decides nothing.");
        Assert.True(counts[0] < counts[1]);
    }

    [Fact]
    public async Task Length_controllers_and_shared_noise_are_honoured()
    {
        foreach (var speculation in _drafters.Values)
        {
            var recorded = await DraftsAsync(speculation with { Length = new FixedLengthOptions { Tokens = 2 } });
            Assert.Equal(2, recorded.Max(draft => draft.Length));
        }

        // The whole model drafts for itself: with shared noise it draws what the target draws.
        var whole = new LayerSkipOptions { ExitLayer = 4, StopConfidence = 0 };
        var options = new DecodingOptions { Sampling = new SamplingOptions { Seed = 4 } };
        var (shared, independent) = (new SpeculationCounter(), new SpeculationCounter());
        await runs.RunAsync(options with { Speculation = whole }, 40, counter: shared);
        await runs.RunAsync(options with { Speculation = whole with { Verifier = new TokenMatchOptions { ShareNoise = false } } }, 40, counter: independent);
        Assert.True((double)independent.Accepted / independent.Drafted < 0.95, $"{independent.Accepted} of {independent.Drafted}");
        Assert.Equal(40 - 1, shared.Tokens);
        Assert.InRange(shared.Rounds, 5, 5);
    }

    [Fact]
    public async Task An_edited_target_drafts_edited()
    {
        var direction = ValueList.Create<double>([.. Enumerable.Range(1, runs.Target.Info.HiddenSize).Select(i => Math.Sin(i))]);
        var edited = LayerDraftRuns.Greedy(null) with { Contrast = new ResidualEditOptions { Layer = 2, Direction = direction, Scale = -30 } };
        Assert.NotEqual(await runs.RunAsync(LayerDraftRuns.Greedy(null), 40), await runs.RunAsync(edited, 40));
        var counter = new SpeculationCounter();
        await runs.RunAsync(edited with { Speculation = new LayerSkipOptions { ExitLayer = 4, MaxTokens = 4, StopConfidence = 0 } }, 41, counter: counter);
        Assert.Equal(counter.Drafted, counter.Accepted);
    }

    [Fact]
    public async Task Nested_exits_take_over_where_a_shallower_one_is_unsure()
    {
        LayerPlan[] exits = [new() { ExitLayer = 1 }, new() { ExitLayer = 2 }, new() { ExitLayer = 3 }];
        async Task<List<(int Rows, LayerPlan? Layers)>> Forwards(params double[] thresholds) => await PlansAsync(new NestedOptions { Exits = [1, 2, 3], Thresholds = [.. thresholds] });
        Assert.All(await Forwards(0, 1, 1), forward => Assert.Equal(exits[0], forward.Layers));
        Assert.Equal(exits[..2], (await Forwards(1, 0, 1)).Select(forward => forward.Layers).Distinct());
        Assert.Empty((await DraftsAsync(new NestedOptions { Exits = [1, 2, 3], Thresholds = [1, 1, 1] })).SelectMany(draft => draft));

        // Asked for some tokens only, a deeper exit reads several at once.
        var mixed = await Forwards(0.9, 0, 1);
        Assert.Contains(mixed, forward => forward.Rows > 1 && forward.Layers == exits[1]);
        Assert.Contains(mixed, forward => forward.Rows == 1 && forward.Layers == exits[1]);
        Assert.All(mixed.Where(forward => forward.Layers == exits[0]), forward => Assert.Equal(1, forward.Rows));

        // Each threshold changes what is drafted, and so does the limit.
        var shallow = await DraftsAsync(new NestedOptions { Exits = [1, 3], Thresholds = [0, 0] });
        var deep = await DraftsAsync(new NestedOptions { Exits = [1, 3], Thresholds = [0.9, 0] });
        var stopped = await DraftsAsync(new NestedOptions { Exits = [1, 3], Thresholds = [0.9, 0.9] });
        Assert.NotEqual(shallow[0], deep[0]);
        Assert.Contains(stopped, draft => draft.Length is > 0 and < 6);
        Assert.All(await DraftsAsync(new NestedOptions { Exits = [1], Thresholds = [0], MaxTokens = 2 }), draft => Assert.InRange(draft.Length, 1, 2));
    }

    [Fact]
    public async Task A_group_of_one_layer_drafts_as_the_draft_model_does()
    {
        var expected = await DraftsAsync(new DraftModelOptions { Model = "draft" }, new SamplingOptions { Seed = 2 });
        foreach (var calibrate in (bool[])[true, false])
            Assert.Equal(expected, await DraftsAsync(new LayerParallelOptions { Model = "draft", GroupSize = 1, Calibrate = calibrate }, new SamplingOptions { Seed = 2 }));
        Assert.NotEqual(expected, await DraftsAsync(new LayerParallelOptions { Model = "draft", GroupSize = 2 }, new SamplingOptions { Seed = 2 }));
    }

    [Fact]
    public async Task Rows_that_took_the_place_of_exact_ones_are_not_kept_for_the_next_call()
    {
        using var sequence = runs.Draft.OpenSequence();
        var model = new LayerParallelModel(new DraftModel(sequence, ReadOnlyMemory<int>.Empty, 256), new LayerPlan { GroupSize = 2 }, calibrate: false);
        var text = runs.Prompts[0];
        int[] other = [.. text[..^2], text[^1], text[^2], text[^1]];
        using var drafter = new OneDrafter(new PromptLookupOptions(), [1]);
        (await model.ReadAsync(text, drafter.Round, CancellationToken.None))!.Dispose();
        model.EndRound();
        (await model.ReadAsync(other, drafter.Round, CancellationToken.None))!.Dispose();
        Assert.Equal(other.Length, sequence.Length);
        model.Close(other);
        Assert.Equal(text.Length - 2, sequence.Length);
    }

    [Theory]
    [InlineData("mistral")]
    [InlineData("granite")]
    [InlineData("olmo2")]
    public async Task Without_calibration_fewer_drafts_are_accepted(string family)
    {
        var folder = TinyCheckpoint.Write(family, edit: config => config["num_hidden_layers"] = 6);
        using var random = new LayerDraftRuns(folder);
        async Task<double> Accepted(bool calibrate)
        {
            var counter = new SpeculationCounter();
            var speculation = new LayerParallelOptions { Model = "draft", Calibrate = calibrate };
            foreach (var sampling in (SamplerOptions[])[new GreedyOptions(), new SamplingOptions { Seed = 1 }, new SamplingOptions { Seed = 2 }])
                await random.RunAsync(new DecodingOptions { Sampling = sampling, Speculation = speculation }, 220, counter: counter);
            return (double)counter.Accepted / counter.Drafted;
        }

        var (calibrated, drifting) = (await Accepted(true), await Accepted(false));
        Directory.Delete(folder, recursive: true);
        Assert.True(drifting < 0.9 * calibrated, $"With calibration {calibrated:F3} of all drafted tokens are accepted, without {drifting:F3}.");
    }

    [Fact]
    public async Task What_a_model_cannot_do_is_refused_by_the_drafters_and_the_models_names()
    {
        var table = TableModel.Random(runs.Target.Info.VocabularySize);
        foreach (var options in (SpeculationOptions[])[new LayerSkipOptions { ExitLayer = 1 }, new LayerSkipOptions { Search = true }, new NestedOptions { Exits = [1], Thresholds = [0] }])
        {
            var message = Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(LayerDraftRuns.Greedy(options), new PlanContext { Model = table.Info })).Message;
            Assert.Contains(options.Kind, message);
            Assert.Contains("table", message);
        }

        var error = await Assert.ThrowsAsync<ArgumentException>(() => runs.RunAsync(LayerDraftRuns.Greedy(new LayerParallelOptions { Model = "draft" }), 5, draft: table));
        Assert.Contains("layer-parallel: the model table", error.Message);
        Assert.Equal((0, 0), (table.OpenSequences, runs.Target.OpenSequences));
        foreach (var (options, fault) in (ReadOnlySpan<(SpeculationOptions, string)>)[(new LayerSkipOptions { SkipMlp = [5] }, "layer-skip: SkipMlp names layer 5"), (new NestedOptions { Exits = [2, 9], Thresholds = [0, 0] }, "nested: ExitLayer names layer 9"), (new LayerSkipOptions { ExitLayer = 2, Search = true }, "Search leaves out")])
            Assert.Contains(fault, Assert.Throws<ArgumentException>(() => DecodingPlan.Compile(LayerDraftRuns.Greedy(options), new PlanContext { Model = runs.Target.Info })).Message);
    }

    private async Task<List<(int Token, double Probability)[]>> DraftsAsync(SpeculationOptions speculation, SamplerOptions? sampling = null)
    {
        var recorded = new RecordedOptions(speculation) { Length = speculation.Length };
        await runs.RunAsync(new DecodingOptions { Sampling = sampling ?? new GreedyOptions(), Speculation = recorded }, 60);
        // Before the prompt is read a target cannot draft for itself, and the last drafts are cut to what may still be said.
        return [.. recorded.Drafts[..^2].Where(draft => draft.Length > 0)];
    }

    /// <summary>The target's forwards that drafted.</summary>
    private async Task<List<(int Rows, LayerPlan? Layers)>> PlansAsync(SpeculationOptions speculation)
    {
        var before = runs.Target.Forwards.Count;
        await runs.RunAsync(LayerDraftRuns.Greedy(speculation), 60);
        return [.. runs.Target.Forwards.Skip(before).Where(forward => forward.Layers is not null)];
    }
}
