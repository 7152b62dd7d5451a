using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;

namespace Decant.Tests.Decoding;

/// <summary>A trace can be run again, to the bit, and differences are found where they are.</summary>
public class TraceReplayTests
{
    private static readonly DecodingOptions _options = new()
    {
        Contrast = new LinearContrastOptions(0.5f),
        Processors = [new FrequencyPresenceOptions { Frequency = 0.5f, Presence = 0.5f }],
        Sampling = new SamplingOptions { Temperature = 0.9f, TopP = 0.95f },
    };

    public static TheoryData<string> Models => ["table", "tiny"];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Replay_and_repeat_give_the_same_bits(string name)
    {
        using var model = Open(name);
        // No seed is given: the trace knows the one that was used.
        var plan = DecodingPlan.Compile(_options);
        var trace = await TracedRuns.TraceAsync(model, plan);
        Assert.NotEqual(trace.Seed, (await TracedRuns.TraceAsync(model, plan, maxTokens: 1)).Seed);

        var replay = await On(model, plan, request => trace.ReplayAsync(request));
        Assert.True(replay.Agrees, replay.Divergence?.ToString());
        Assert.Equal(Numbers(trace), Numbers(replay.Trace));

        var repeat = await On(model, plan, request => trace.RepeatAsync(request));
        Assert.True(repeat.Agrees, repeat.Divergence?.ToString());
        Assert.Equal(Numbers(trace), Numbers(repeat.Trace));
        Assert.Equal(trace.Finish, repeat.Trace.Finish);
        Assert.Equal(Numbers(trace), Numbers(await TracedRuns.TraceAsync(model, DecodingPlan.Compile(trace.ToOptions()))));
    }

    [Fact]
    public async Task A_search_repeats()
    {
        using var model = TableModel.Random(24);
        var plan = DecodingPlan.Compile(_options with { Search = new SecondBestOptions() });
        var trace = await TracedRuns.TraceAsync(model, plan);
        Assert.True((await On(model, plan, request => trace.RepeatAsync(request))).Agrees);
        Assert.True((await On(model, plan, request => trace.ReplayAsync(request))).Agrees);
    }

    [Fact]
    public async Task What_the_caller_broke_off_repeats_up_to_there()
    {
        using var model = TableModel.Random(24);
        var plan = DecodingPlan.Compile(_options);
        var trace = (await TracedRuns.TraceAsync(model, plan)) with { Finish = null };
        trace = trace with { Tokens = [.. trace.Tokens.Take(7)] };
        var repeat = await On(model, plan, request => trace.RepeatAsync(request));
        Assert.True(repeat.Agrees);
        Assert.Equal(7, repeat.Trace.Tokens.Count);
    }

    [Fact]
    public async Task The_first_difference_is_named()
    {
        using var model = TableModel.Random(24);
        var plan = DecodingPlan.Compile(_options);
        var trace = await TracedRuns.TraceAsync(model, plan);

        var other = DecodingPlan.Compile(_options with { Contrast = new LinearContrastOptions(0.5001f) });
        var divergence = (await On(model, other, request => trace.ReplayAsync(request))).Divergence!;
        Assert.Equal((0, "logprob at stage Contrast"), (divergence.Index, divergence.What));
        Assert.NotEqual(divergence.Expected, divergence.Actual);
        Assert.True((await On(model, other, request => trace.ReplayAsync(request, tolerance: 0.1))).Agrees);

        var changed = trace.Tokens[9];
        var altered = trace with { Tokens = [.. trace.Tokens.Select((token, i) => i == 9 ? token with { Id = (token.Id + 1) % 24 } : token)] };
        divergence = (await On(model, plan, request => altered.RepeatAsync(request))).Divergence!;
        Assert.Equal(new TraceDivergence(9, "token", (changed.Id + 1) % 24, changed.Id), divergence);

        divergence = (await On(model, plan, request => trace.RepeatAsync(request with { MaxTokens = 12 }))).Divergence!;
        Assert.Equal((12, "number of tokens"), (divergence.Index, divergence.What));

        var exception = await Assert.ThrowsAsync<ArgumentException>(() => On(model, plan, request => trace.ReplayAsync(request with { Prompt = new[] { 1, 2 } })));
        Assert.Contains("prompt of 5 tokens", exception.Message);
    }

    private static ICausalModel Open(string name) => name == "table" ? TableModel.Random(24, order: 4) : CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny), new CpuModelOptions());

    private static async Task<ReplayResult> On(ICausalModel model, DecodingPlan plan, Func<GenerationRequest, Task<ReplayResult>> replay)
    {
        using var sequence = model.OpenSequence();
        return await replay(TracedRuns.Request(sequence, plan));
    }

    private static List<(int Id, float Raw, float Processed, float Drawn)> Numbers(DecodingTrace trace) =>
        [.. trace.Tokens.Select(token => (token.Id, token.LogProbability(LogprobStage.Raw), token.LogProbability(LogprobStage.Processed), token.LogProbability(LogprobStage.Drawn)))];
}
