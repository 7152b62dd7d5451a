using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Tests.Oracles;
using Microsoft.Extensions.AI;

namespace Decant.Tests.Decoding.Search;

public sealed class ContrastiveSearchTests : IDisposable
{
    private const int Room = 40;
    private readonly string _folder = TinyCheckpoint.Write("llama");
    private readonly CpuModel _model;

    public ContrastiveSearchTests() => _model = CpuModel.Load(_folder, new CpuModelOptions { ContextLength = Room });

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_score_weighs_confidence_against_resemblance()
    {
        float[] probabilities = [.5f, .3f, .15f, .05f], cosines = [.95f, .4f, .6f, .2f], expected = [-.37f, -.12f, -.3f, -.1f];
        var scores = probabilities.Zip(cosines, (probability, cosine) => ContrastiveSearch.Score(.6f, probability, cosine)).ToArray();
        for (var i = 0; i < 4; i++) Assert.Equal(expected[i], scores[i], 6);
        Assert.Equal(3, Array.IndexOf(scores, scores.Max()));
    }

    [Fact]
    public void Candidates_are_the_likeliest_in_order_and_possible()
    {
        var candidates = new CandidateTokens(3);
        float[] logits = [1, 3, float.NegativeInfinity, 3, 2, 1];
        var distribution = Plans.Of(new SamplingOptions()).Row(logits);
        candidates.Fill(logits, distribution, 10);
        Assert.Equal([1, 3, 4], candidates.Ids.ToArray());
        candidates.Fill(logits, distribution, 2);
        Assert.Equal([1, 3], candidates.Ids.ToArray());
        candidates.Fill(logits, null, 10);
        Assert.Equal([1, 3, 4], candidates.Ids.ToArray());
        for (var i = 0; i < 3; i++) Assert.Equal(distribution.ProbabilityOf(candidates.Ids.Span[i]), candidates.Probabilities[i], 6);

        float[] two = [0, float.NegativeInfinity, 1];
        candidates.Fill(two, Plans.Of(new SamplingOptions()).Row(two), 10);
        Assert.Equal([2, 0], candidates.Ids.ToArray());
    }

    [Fact]
    public void Kept_states_are_the_last_ones()
    {
        var rows = new HiddenRows(2, 2);
        Assert.Equal(0, rows.LargestCosine([1, 0]));
        rows.Add([5, 0]);
        Assert.Equal(1, rows.LargestCosine([3, 0]), 6);
        rows.Add([0, 2]);
        rows.Add([-1, -1]);
        Assert.Equal(2, rows.Count);
        Assert.Equal(0, rows.LargestCosine([3, 0]), 6);
        rows.Add([-1, -1]);
        Assert.Equal(-MathF.Sqrt(.5f), rows.LargestCosine([3, 0]), 6);
        Assert.Equal(0, rows.LargestCosine([0, 0]));
    }

    [Theory]
    [InlineData(.6f, 4, null, 1f)]
    [InlineData(.6f, 4, null, 0f)]
    [InlineData(.4f, 3, null, 1f)]
    [InlineData(.8f, 5, 6, .7f)]
    [InlineData(1f, 2, 1, 1f)]
    public async Task It_agrees_with_recomputing_everything_at_every_step(float alpha, int topK, int? window, float temperature)
    {
        using var model = CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        int[] prompt = [.. Enumerable.Range(0, 37).Select(i => 20 + (i * 53 % 700))];
        var options = new ContrastiveSearchOptions { Alpha = alpha, TopK = topK, Window = window };
        var expected = await ReferenceContrastiveSearch.RunAsync(model, prompt, options, temperature, 24);
        foreach (var chunk in (int[])[256, 5, 1]) Assert.Equal(expected, await RunAsync(model, Plan(model, options, temperature), prompt, 24, chunk));

        var greedy = await RunAsync(model, Plan(model, null, 0), prompt, 24);
        Assert.NotEqual(greedy, expected);
    }

    [Theory]
    [InlineData(0f, 4)]
    [InlineData(.6f, 1)]
    public async Task Without_a_penalty_or_a_choice_it_is_greedy_to_the_last_token(float alpha, int topK)
    {
        var search = new ContrastiveSearchOptions { Alpha = alpha, TopK = topK };
        for (var seed = 0; seed < 5; seed++)
        {
            var prompt = Ids(9, seed);
            // Up to a full context, with processors, and with an end token.
            var greedy = await TokensAsync(_model, Plan(_model, null, 0), prompt);
            Assert.Equal(greedy, await TokensAsync(_model, Plan(_model, search, 1), prompt));
            Assert.Equal((Room - 9 + 1, FinishKind.ContextFull), (greedy.Count, greedy[^1].Finish));

            ValueList<ProcessorOptions> penalties = [new FrequencyPresenceOptions { Presence = 2 }];
            var penalised = await TokensAsync(_model, Plan(_model, null, 0, penalties), prompt);
            Assert.NotEqual(greedy, penalised);
            Assert.Equal(penalised, await TokensAsync(_model, Plan(_model, search, 1, penalties), prompt));

            int[] end = [penalised[7].Id];
            Assert.Equal(
                await TokensAsync(_model, Plan(_model, null, 0, penalties), prompt, request => request with { EndTokens = end }),
                await TokensAsync(_model, Plan(_model, search, 1, penalties), prompt, request => request with { EndTokens = end }));
        }
    }

    [Fact]
    public async Task Constraints_hold_and_branches_take_part()
    {
        var search = new ContrastiveSearchOptions { Alpha = .9f, TopK = 8 };
        var plan = DecodingPlan.Compile(new DecodingOptions { Search = search, Constraints = [new EvenOnly()] }, new PlanContext { Model = _model.Info });
        var even = await TokensAsync(_model, plan, Ids(9, 1));
        Assert.All(even, token => Assert.Equal(0, token.Id % 2));

        // A contrast with another prompt: every candidate runs in both branches.
        BranchSource[] other = [new BranchSource(Ids(5, 2))];
        var contrast = DecodingPlan.Compile(new DecodingOptions { Search = search, Contrast = new Difference() }, new PlanContext { Model = _model.Info });
        var contrasted = await TokensAsync(_model, contrast, Ids(9, 1), request => request with { Branches = other });
        Assert.Equal(Room - 9 + 1, contrasted.Count);
        Assert.NotEqual(await TokensAsync(_model, Plan(_model, search, 1), Ids(9, 1)), contrasted);

        var greedy = DecodingPlan.Compile(new DecodingOptions { Sampling = new SamplingOptions { Temperature = 0 }, Contrast = new Difference() }, new PlanContext { Model = _model.Info });
        var none = DecodingPlan.Compile(new DecodingOptions { Search = search with { Alpha = 0 }, Contrast = new Difference() }, new PlanContext { Model = _model.Info });
        Assert.Equal(
            await TokensAsync(_model, greedy, Ids(9, 1), request => request with { Branches = other }),
            await TokensAsync(_model, none, Ids(9, 1), request => request with { Branches = other }));
    }

    [Fact]
    public async Task A_run_that_is_broken_off_or_cancelled_leaves_a_sequence_that_can_go_on()
    {
        var plan = Plan(_model, new ContrastiveSearchOptions(), 1);
        var expected = await TokensAsync(_model, plan, Ids(9, 3));
        using var sequence = _model.OpenSequence();
        using var source = new CancellationTokenSource();
        var request = new GenerationRequest { Sequence = sequence, Prompt = Ids(9, 3), Plan = plan };
        var count = 0;
        await foreach (var token in Generator.GenerateAsync(request))
        {
            Assert.Equal(expected[count++], token);
            if (count == 4) break;
        }

        Assert.Equal(9 + 3, sequence.Length);
        sequence.Truncate(0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Generator.GenerateAsync(request, source.Token)) source.Cancel();
        });
        Assert.InRange(sequence.Length, 9, 10);
        sequence.Truncate(0);
        Assert.Equal(expected, await TokensAsync(_model, plan, Ids(9, 3), r => r with { Sequence = sequence }));
        Assert.Equal(9 + expected.Count - 1, sequence.Length);
    }

    [Fact]
    public async Task Budgets_and_cached_prompts_are_observed()
    {
        var search = new ContrastiveSearchOptions { Window = 4 };
        var plan = DecodingPlan.Compile(new DecodingOptions { Search = search, Budget = new() { MaxForwards = 5 } }, new PlanContext { Model = _model.Info });
        var counter = new ForwardCounter();
        var tokens = await TokensAsync(_model, plan, Ids(9, 1), request => request with { Counter = counter });
        Assert.Equal((FinishKind.Budget, 5), (tokens[^1].Finish, counter.Total));

        // What the window reaches must run in this request; what lies before may be cached.
        using var sequence = _model.OpenSequence();
        (await sequence.ForwardAsync(new ForwardInput(Ids(9, 1).AsMemory(0, 5)))).Dispose();
        var cached = new GenerationRequest { Sequence = sequence, Cached = Ids(9, 1).AsMemory(0, 5), Prompt = Ids(9, 1).AsMemory(5), Plan = Plan(_model, search, 1) };
        Assert.Equal(await TokensAsync(_model, cached.Plan, Ids(9, 1)), await CollectAsync(cached));
        sequence.Truncate(6);
        var refused = Assert.Throws<ArgumentException>(() => Generator.GenerateAsync(cached with { Cached = Ids(9, 1).AsMemory(0, 6), Prompt = Ids(9, 1).AsMemory(6) }));
        Assert.Contains("first 5", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_cannot_run_alternatives_is_refused_by_name()
    {
        using var table = TableModel.Random(9);
        Assert.Contains("table", Assert.Throws<ArgumentException>(() => Plan(table, new ContrastiveSearchOptions(), 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trace_changes_no_token()
    {
        var plan = Plan(_model, new ContrastiveSearchOptions(), 1);
        var trace = new Collector();
        var traced = await TokensAsync(_model, plan, Ids(9, 3), request => request with { Trace = trace });
        Assert.Equal(await TokensAsync(_model, plan, Ids(9, 3)), traced);
        Assert.Equal(traced.Select(token => token.Id), trace.Tokens);
    }

    [Fact]
    public async Task A_chat_call_searches_and_repeats_itself_exactly()
    {
        using var client = LocalChatClient.Load();
        var options = new ChatOptions { MaxOutputTokens = 30 }.WithDecoding(d => d.Search(new ContrastiveSearchOptions { Alpha = .7f, TopK = 6 }));
        var first = await client.GetResponseAsync("Tell me a story about a fox.", options);
        var second = await client.GetResponseAsync("Tell me a story about a fox.", options);
        var greedy = await client.GetResponseAsync("Tell me a story about a fox.", new ChatOptions { MaxOutputTokens = 30, Temperature = 0 });
        Assert.Equal(first.Text, second.Text);
        Assert.NotEqual(greedy.Text, first.Text);
        Assert.Equal(0, second.Usage!.CachedInputTokenCount);
    }

    private static DecodingPlan Plan(ICausalModel model, SearchOptions? search, float temperature, ValueList<ProcessorOptions>? processors = null) => DecodingPlan.Compile(
        new DecodingOptions { Search = search, Sampling = new SamplingOptions { Temperature = temperature }, Processors = processors }, new PlanContext { Model = model.Info });

    private static int[] Ids(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(TinyCheckpoint.Vocabulary))];
    }

    private static async Task<List<int>> RunAsync(ICausalModel model, DecodingPlan plan, int[] prompt, int count, int chunk = 256)
        => [.. (await TokensAsync(model, plan, prompt, request => request with { MaxTokens = count, PrefillChunk = chunk })).Select(token => token.Id)];

    private static async Task<List<GeneratedToken>> TokensAsync(ICausalModel model, DecodingPlan plan, int[] prompt, Func<GenerationRequest, GenerationRequest>? change = null)
    {
        using var sequence = model.OpenSequence();
        var request = new GenerationRequest { Sequence = sequence, Prompt = prompt, Plan = plan };
        return await CollectAsync(change?.Invoke(request) ?? request);
    }

    private static async Task<List<GeneratedToken>> CollectAsync(GenerationRequest request)
    {
        var tokens = new List<GeneratedToken>();
        await foreach (var token in Generator.GenerateAsync(request)) tokens.Add(token);
        return tokens;
    }

    private sealed class Collector : ITraceSink
    {
        public List<int> Tokens { get; } = [];

        public void Add(in TracedRow row) => Tokens.Add(row.Token);
    }

    /// <summary>The difference of two branches.</summary>
    private sealed record Difference : ContrastOptions
    {
        public override string Kind => "difference";

        public override ILogitPolicy Compile(PlanContext context) => new Policy();

        private sealed class Policy : ILogitPolicy
        {
            public IReadOnlyList<BranchRequest> Branches { get; } = [BranchRequest.Target, new("other", null, BranchPrompt.WithoutPrompt)];

            public void Combine(in BranchRows rows, GenerationState state, RowScratch scratch, Span<float> destination, ref RowReport report)
            {
                for (var i = 0; i < destination.Length; i++) destination[i] = (2 * rows.Main[i]) - rows[1][i];
            }
        }
    }

    private sealed record EvenOnly : ConstraintOptions
    {
        public override string Kind => "even-only";

        public override IConstraint Compile(PlanContext context) => new Constraint();

        private sealed class Constraint : IConstraint
        {
            public string Name => "even-only";

            public bool Accepting => true;

            public void FillMask(Span<ulong> mask)
            {
                foreach (ref var bits in mask) bits &= 0x5555_5555_5555_5555;
            }

            public bool TryAccept(int token) => token % 2 == 0;

            public void Rollback(int tokenCount)
            {
            }

            public IConstraint Fork() => this;
        }
    }
}
