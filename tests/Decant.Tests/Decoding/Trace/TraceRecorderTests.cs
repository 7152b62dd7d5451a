namespace Decant.Tests.Decoding;

/// <summary>Traces against the definitions in double precision; what they cost where nobody asks.</summary>
public class TraceRecorderTests
{
    private const int Vocabulary = 24;
    private const int Factor = 8;
    private static readonly FrequencyPresenceOptions _penalties = new() { Frequency = 0.5f, Presence = 0.25f };
    private static readonly SamplingOptions _sampling = new() { Temperature = 0.7f, TopK = 3, Seed = 4 };

    private static readonly DecodingOptions _everything = new()
    {
        Contrast = new LinearContrastOptions(0.5f),
        Processors = [_penalties],
        Constraints = [new MultiplesOptions(Factor)],
        Sampling = _sampling,
    };

    [Fact]
    public async Task Every_stage_is_what_the_definitions_say()
    {
        using var model = TableModel.Random(Vocabulary, order: 3);
        var trace = await TracedRuns.TraceAsync(model, DecodingPlan.Compile(_everything), top: 4);
        Assert.Equal(20, trace.Tokens.Count);
        var waived = 0;
        for (var i = 0; i < trace.Tokens.Count; i++)
        {
            int[] generated = [.. trace.Tokens.Take(i).Select(token => token.Id)];
            var token = trace.Tokens[i];
            Assert.Equal(TracedRuns.Prompt.Length + i, token.Position);
            Assert.Equal([TraceStage.Raw, TraceStage.Contrast, TraceStage.Processors, TraceStage.Constraints, TraceStage.Drawn], token.Stages.Select(stage => stage.Stage));

            var raw = Logits(model, [.. TracedRuns.Prompt, .. generated]);
            var other = Logits(model, [TracedRuns.Prompt[^1], .. generated]);
            var plausible = raw.Select(logit => logit >= raw.Max() + MathF.Log(0.1f)).ToArray();
            if (!plausible.Where((_, id) => id % Factor == 0).Any(each => each))
            {
                plausible = [.. plausible.Select(_ => true)];
                waived++;
            }

            float[] contrast = [.. raw.Select((logit, id) => plausible[id] ? (1.5f * logit) - (0.5f * other[id]) : float.NegativeInfinity)];
            float[] processed = [.. contrast.Select((logit, id) => logit - (0.5f * generated.Count(seen => seen == id)) - (generated.Contains(id) ? 0.25f : 0))];
            float[] allowed = [.. processed.Select((logit, id) => id % Factor == 0 ? logit : float.NegativeInfinity)];
            AssertStage(raw, new SamplingOptions(), token, 0);
            AssertStage(contrast, new SamplingOptions(), token, 1);
            AssertStage(processed, new SamplingOptions(), token, 2);
            AssertStage(allowed, new SamplingOptions(), token, 3);
            AssertStage(allowed, _sampling, token, 4);

            Assert.Equal(["target", "last_token"], token.Branches.Select(branch => branch.Name));
            Assert.Equal(Math.Log(TextbookSampling.Distribution(other, new())[token.Id]), token.Branches[1].LogProbability, 1e-4);
            Assert.Equal(plausible.Count(each => !each), token.ImplausibleCount);
            Assert.Equal(Vocabulary - (Vocabulary / Factor), token.RefusedCount);
            var probabilities = TextbookSampling.Distribution(raw, new SamplingOptions());
            Assert.Equal(probabilities.Where((_, id) => float.IsNegativeInfinity(allowed[id])).Sum(), token.MaskedMass, 1e-5);
            Assert.Equal((0.5f, 0.25f, 3), (token.Weight, token.Divergence, token.Layer));
        }

        Assert.InRange(waived, 1, 19);
    }

    [Fact]
    public async Task A_plan_without_anything_has_two_stages()
    {
        using var model = TableModel.Random(Vocabulary);
        var trace = await TracedRuns.TraceAsync(model, Plans.Of(new SamplingOptions { Temperature = 0 }));
        Assert.All(trace.Tokens, token => Assert.Equal([TraceStage.Raw, TraceStage.Drawn], token.Stages.Select(stage => stage.Stage)));
        Assert.All(trace.Tokens, token => Assert.Equal(token.LogProbability(LogprobStage.Raw), token.LogProbability(LogprobStage.Processed)));
        Assert.All(trace.Tokens, token => Assert.Equal(0, token.LogProbability(LogprobStage.Drawn)));
        Assert.All(trace.Tokens, token => Assert.Equal(token.Id, token.Stages[0].Top[0].Id));
        Assert.Equal((20, 0, FinishKind.MaxTokens), (trace.TargetForwards, trace.BranchForwards, trace.Finish));
    }

    [Fact]
    public async Task A_token_that_alone_was_allowed_is_forced()
    {
        using var model = TableModel.Random(Vocabulary);
        var trace = await TracedRuns.TraceAsync(model, DecodingPlan.Compile(new DecodingOptions { Constraints = [new MultiplesOptions(Vocabulary)] }));
        Assert.All(trace.Tokens, token => Assert.Equal((0, TokenSource.Forced), (token.Id, token.Source)));
    }

    [Fact]
    public async Task A_searchs_tokens_are_traced_too()
    {
        using var model = TableModel.Random(Vocabulary);
        var plan = DecodingPlan.Compile(_everything with { Constraints = null, Search = new SecondBestOptions() });
        var trace = await TracedRuns.TraceAsync(model, plan);
        Assert.Equal(await TracedRuns.TokensAsync(model, plan), trace.Tokens.Select(token => token.Id));
        Assert.All(trace.Tokens, token => Assert.Equal((TokenSource.Search, token.Id), (token.Source, token.Stages[2].Top[1].Id)));
        Assert.Equal((20, 20), (trace.TargetForwards, trace.BranchForwards));
        Assert.Equal(0, model.OpenSequences);
    }

    [Fact]
    public void A_settled_steps_contrast_leaves_one_token_whichever_was_taken()
    {
        using var model = TableModel.Random(Vocabulary);
        using var sequence = model.OpenSequence();
        var plan = DecodingPlan.Compile(new DecodingOptions { Contrast = new AmateurContrastOptions { Model = "amateur" }, Processors = [_penalties] });
        var recorder = new TraceRecorder(new GenerationRequest { Sequence = sequence, Prompt = TracedRuns.Prompt, Plan = plan });
        var (state, distribution, logits) = (plan.CreateState(TracedRuns.Prompt), new TokenDistribution(), new float[Vocabulary]);
        logits[3] = 50;
        var rows = new BranchRows(logits);
        var processed = plan.Target.Row(rows, state, distribution);
        foreach (var token in new[] { 3, 5 }) recorder.Add(new TracedRow(token, TokenSource.Search, rows, processed, distribution, state));
        Assert.All(recorder.Tokens, token => Assert.True(token.Settled));
        Assert.Equal([0, float.NegativeInfinity], recorder.Tokens.Select(token => token.Stages[1].LogProbability));
        Assert.Equal([0, float.NegativeInfinity], recorder.Tokens.Select(token => token.Stages[2].LogProbability));
    }

    [Fact]
    public async Task Times_come_from_the_requests_clock()
    {
        using var model = TableModel.Random(Vocabulary);
        using var sequence = model.OpenSequence();
        var clock = new StepTime();
        var request = TracedRuns.Request(sequence, Plans.Of(new SamplingOptions())) with { TimeProvider = clock };
        var recorder = new TraceRecorder(request);
        model.BeforeForward = _ =>
        {
            clock.Now += 7;
            return Task.CompletedTask;
        };
        await foreach (var _ in Generator.GenerateAsync(request with { Trace = recorder })) { }
        Assert.All(recorder.Tokens, token => Assert.Equal((7.0, 0.0), (token.ForwardMicroseconds, token.RowMicroseconds)));
    }

    [Fact]
    public async Task Tracing_changes_no_token_and_nothing_is_made_where_nobody_asks()
    {
        using var model = TableModel.Random(Vocabulary);
        var plan = DecodingPlan.Compile(_everything);
        using var sequence = model.OpenSequence();
        Assert.Equal(await TracedRuns.TokensAsync(model, plan), await TracedRuns.TokensAsync(model, plan, new TraceRecorder(TracedRuns.Request(sequence, plan))));

        async Task<long> Allocated(int tokens)
        {
            using var own = model.OpenSequence();
            var before = GC.GetAllocatedBytesForCurrentThread();
            await foreach (var _ in Generator.GenerateAsync(TracedRuns.Request(own, Plans.Of(_sampling), tokens))) { }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // Both runs grow the token buffers equally often: what is left is what a token costs.
        await Allocated(600);
        Assert.Equal(await Allocated(530), await Allocated(630));
    }

    private static float[] Logits(TableModel model, int[] tokens)
    {
        var logits = new float[Vocabulary];
        model.Fill(tokens, logits);
        return logits;
    }

    private static void AssertStage(float[] logits, SamplingOptions sampling, TracedToken token, int stage)
    {
        var probabilities = TextbookSampling.Distribution(logits, sampling);
        Assert.Equal(Math.Log(probabilities[token.Id]), token.Stages[stage].LogProbability, 1e-4);
        var likeliest = Enumerable.Range(0, Vocabulary).Where(id => probabilities[id] > 0).OrderByDescending(id => probabilities[id]).Take(4).ToList();
        Assert.Equal(likeliest, token.Stages[stage].Top.Select(each => each.Id));
        Assert.All(token.Stages[stage].Top, each => Assert.Equal(Math.Log(probabilities[each.Id]), each.LogProbability, 1e-4));
    }

    private sealed class StepTime : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => Now;
    }
}
