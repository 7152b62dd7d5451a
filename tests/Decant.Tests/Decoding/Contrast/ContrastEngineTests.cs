using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;

namespace Decant.Tests.Decoding.Contrast;

/// <summary>On a real engine: branches that ride in one batch are, bit for bit, the prompts read one by one.</summary>
public sealed class ContrastEngineTests : IDisposable
{
    private static readonly int[] _prompt = Encode("Passage: The lamp is broken.\n\nCan you help me with my lamp?");
    private static readonly int[] _other = Encode("Can you help me with my lamp?");
    private readonly CpuModel _model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));

    public void Dispose() => _model.Dispose();

    [Theory]
    [InlineData("context-aware")]
    [InlineData("adaptive-context-aware")]
    [InlineData("entropy-constrained-context")]
    [InlineData("guidance")]
    [InlineData("layer-contrast")]
    [InlineData("logits-evolution")]
    public async Task A_row_is_that_of_fresh_forwards_of_each_prompt(string kind)
    {
        var plan = Plan(kind, seed: 3);
        var seen = await RunAsync(plan, _prompt);
        var distribution = new TokenDistribution();
        Assert.True(seen.Tokens.Distinct().Count() > 5);
        for (var step = 0; step < seen.Tokens.Count; step++)
        {
            int[] suffix = [.. seen.Tokens[..step]];
            var state = plan.CreateState(_prompt);
            foreach (var token in suffix) state.Commit(token);
            using var first = _model.OpenSequence();
            using var second = _model.OpenSequence();
            using var with = await first.ForwardAsync(new ForwardInput((int[])[.. _prompt, .. suffix]) { Taps = plan.Contrast!.Taps });
            using var without = await second.ForwardAsync(new ForwardInput((int[])[.. _other, .. suffix]));
            BranchRow[] rows = [new(with, 0), new(without, 0)];
            var logits = plan.Target.Row(new BranchRows(rows.AsSpan(0, plan.Contrast.Branches.Count)), state, distribution);
            Assert.True(logits.SequenceEqual(seen.Logits[step]), $"{kind}, step {step}");
            Assert.Equal(seen.Tokens[step], Sampler.Draw(distribution, state.Noise, state.Position));
        }
    }

    [Fact]
    public async Task Parallel_callers_get_what_each_would_get_alone()
    {
        const int Callers = 10;
        Task<Seen> Run(int i) => RunAsync(Plan("adaptive-context-aware", seed: i), [.. _prompt[..3], .. _prompt[(3 + i)..]]);
        var alone = new List<Seen>();
        for (var i = 0; i < Callers; i++) alone.Add(await Run(i));
        var together = await Task.WhenAll(Enumerable.Range(0, Callers).Select(i => Task.Run(() => Run(i))));
        for (var i = 0; i < Callers; i++)
        {
            Assert.Equal(alone[i].Tokens, together[i].Tokens);
            Assert.All(alone[i].Logits.Zip(together[i].Logits), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));
        }

        Assert.True(alone.Select(seen => string.Join(' ', seen.Tokens)).Distinct().Count() > 3);
    }

    [Fact]
    public async Task Early_exits_without_the_final_norm_are_another_contrast()
    {
        var norm = new LayerContrastOptions { CandidateLayers = [2], Plausibility = 0 };
        var outcomes = new List<float[]>();
        foreach (var options in (ContrastOptions[])[norm, norm with { ApplyFinalNorm = false }])
            outcomes.Add((await RunAsync(DecodingPlan.Compile(new DecodingOptions { Contrast = options }, new PlanContext { Model = _model.Info }), _prompt)).Logits[0]);
        Assert.NotEqual(outcomes[0], outcomes[1]);
    }

    private static int[] Encode(string question) => [.. TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny))
        .Encode($"<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n", addSpecialTokens: false, parseSpecialTokens: true)];

    private DecodingPlan Plan(string kind, long seed)
    {
        var options = DecodingOptions.Read(kind) with { Sampling = new SamplingOptions { Seed = seed } };
        return DecodingPlan.Compile(options, new PlanContext { Model = _model.Info });
    }

    private async Task<Seen> RunAsync(DecodingPlan plan, int[] prompt)
    {
        using var sequence = _model.OpenSequence();
        var seen = new Seen();
        var request = new GenerationRequest { Sequence = sequence, Prompt = prompt, Plan = plan, MaxTokens = 12, Trace = seen, Branches = [.. plan.Branches.Select(_ => new BranchSource(_other))] };
        await foreach (var token in Generator.GenerateAsync(request)) seen.Tokens.Add(token.Id);
        return seen;
    }

    private sealed class Seen : ITraceSink
    {
        public List<int> Tokens { get; } = [];

        public List<float[]> Logits { get; } = [];

        public void Add(in TracedRow row) => Logits.Add(row.Processed.ToArray());
    }
}
