using Decant.Samples.TrainTiny.Evaluation;
using Decant.Samples.TrainTiny.World;
using Decant.Tests.Decoding.Speculation;
using Decant.Tests.Oracles;

namespace Decant.Tests.Decoding.Search;

public sealed class SuperposedDraftsTests(TinyTexts tiny) : IClassFixture<TinyTexts>
{
    private const string Corpus = "corpus";
    private static readonly int[] _prompt = [5, 6, 7, 5];
    private static readonly int[][] _texts = [TestStore.Random(2000, 12, 1), TestStore.Random(500, 6, 2)];
    private static readonly DecodingServices _services = new DecodingServices().Add(Corpus, TestStore.Of(VocabularyId.Of(TestVocabulary.Standard), _texts));

    private static readonly SuperposedDraftsOptions[] _variants =
    [
        new SuperposedDraftsOptions(),
        new SuperposedDraftsOptions { Drafts = 1, MaxTokens = 30 },
        new SuperposedDraftsOptions { Temperature = 1, MaxTokens = 5 },
        new SuperposedDraftsOptions { Drafts = 5, Candidates = 6, Temperature = 0.3, MaxTokens = 4 },
        new SuperposedDraftsOptions { Corpus = Corpus, Temperature = 0.5, MaxTokens = 5 },
        new SuperposedDraftsOptions { Corpus = Corpus, Temperature = 0.5, MaxTokens = 5, Alpha = 0 },
        new SuperposedDraftsOptions { Corpus = Corpus, Temperature = 0.5, MaxTokens = 5, Alpha = 0.9 },
        new SuperposedDraftsOptions { Corpus = Corpus, Temperature = 0.5, MaxTokens = 5, MissPenalty = 0.5 },
        new SuperposedDraftsOptions { Corpus = Corpus, Temperature = 0.5, MaxTokens = 5, NgramWeights = [0.6] },
    ];

    public static TheoryData<int> Variants => [.. Enumerable.Range(0, _variants.Length)];

    /// <summary>The variants differ in one option or two, so each of those is seen to matter.</summary>
    [Theory]
    [MemberData(nameof(Variants))]
    public async Task It_agrees_with_reading_everything_anew_for_every_token(int variant)
    {
        var options = _variants[variant];
        var others = _variants.Where(other => other != options).ToList();
        var differing = new HashSet<SuperposedDraftsOptions>();
        for (var seed = 1UL; seed <= 12; seed++)
        {
            using var model = TableModel.Random(TestVocabulary.Standard.Count, order: 2, seed: seed);
            var reference = new ReferenceSuperposed(model, OneHot, _texts);
            var expected = await reference.RunAsync(_prompt, options, 9, 10);
            var actual = await RunAsync(model, new DecodingOptions { Search = options }, ends: [9, 10]);
            AssertSame(expected, actual);
            foreach (var other in others)
            {
                if (!Equal(expected, await reference.RunAsync(_prompt, other, 9, 10))) differing.Add(other);
            }

            Assert.Equal((0, 0), (model.OpenResults, model.OpenSequences));
        }

        Assert.Equal(others.Count, differing.Count);
    }

    [Theory]
    [InlineData(3, 0.06)]
    [InlineData(10, 0.12)]
    [InlineData(2, 1)]
    public async Task On_a_transformer_too(int drafts, double temperature)
    {
        var options = new SuperposedDraftsOptions { Drafts = drafts, Temperature = temperature };
        var embeddings = await tiny.EmbeddingsAsync();
        var expected = await new ReferenceSuperposed(tiny.Model, id => embeddings[id], []).RunAsync(tiny.Prompt, options);
        AssertSame(expected, await RunAsync(tiny.Model, new DecodingOptions { Search = options }, tiny.Prompt), 3);
    }

    [Fact]
    public async Task Drafts_differ_and_cost_one_forward_per_token_together()
    {
        foreach (var count in (int[])[1, 2, 3, 10])
        {
            var counter = new ForwardCounter();
            var drafts = await RunAsync(tiny.Model, new DecodingOptions { Search = new SuperposedDraftsOptions { Drafts = count, Candidates = 30 } }, tiny.Prompt, change: request => request with { Counter = counter });
            Assert.Equal(count, drafts.Select(draft => string.Join(' ', draft.Tokens)).Distinct().Count());
            Assert.All(drafts, draft => Assert.Equal((10, FinishKind.MaxTokens), (draft.Tokens.Length, draft.Finish)));
            Assert.Equal(drafts.OrderByDescending(draft => draft.Score), drafts);

            // 10 forwards for 10 · count tokens: the first is the prompt's.
            Assert.Equal((10, 0, 0), (counter.Target, counter.Branches, counter.Drafts));
        }
    }

    // Perplexity, for the model itself, of drafts of 10 tokens behind 48 held-out prompts. Measured: the best draft 1.10, all three 2.37, at 10 forwards; all three of a beam of 3, at 28 forwards, 1.19.
    [Fact]
    public async Task Mixing_saves_forwards_and_costs_likelihood_behind_the_best_draft()
    {
        var cases = new HeldOutCases(TinyWorld.Default);
        var (best, all, beams) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var item in cases.Reports.Take(24).Concat(cases.Stories.Take(24)))
        {
            var prompt = tiny.Ask(item.Example.Turns[^2].Content);
            var drafts = await RunAsync(tiny.Model, new DecodingOptions { Search = new SuperposedDraftsOptions() }, prompt, tiny.Ends);
            best.AddRange(await tiny.LogprobsAsync(prompt, drafts[0].Tokens));
            foreach (var draft in drafts) all.AddRange(await tiny.LogprobsAsync(prompt, draft.Tokens));
            foreach (var draft in await BeamAsync(prompt, 3, 10)) beams.AddRange(await tiny.LogprobsAsync(prompt, draft));
        }

        double Perplexity(List<double> logprobs) => Math.Exp(-logprobs.Average());
        Assert.InRange(Perplexity(best), 1, 1.15);
        Assert.InRange(Perplexity(beams), Perplexity(best), 1.25);
        Assert.InRange(Perplexity(all), Perplexity(beams), 2.5);
    }

    /// <summary>Beam search: what superposed drafts approximate, with a forward for every draft.</summary>
    private async Task<List<int[]>> BeamAsync(int[] prompt, int width, int length)
    {
        List<(int[] Tokens, double Score)> beams = [([], 0)];
        for (var step = 0; step < length; step++)
        {
            var next = new List<(int[] Tokens, double Score)>(beams.Where(beam => beam.Tokens is [.., var last] && tiny.Ends.Contains(last)));
            foreach (var (tokens, score) in beams.Except(next).ToList())
            {
                var logprobs = TinyTexts.LogSoftmax(await tiny.LogitsAsync([.. prompt, .. tokens]));
                next.AddRange(logprobs.Select((value, id) => ((int[])[.. tokens, id], score + value)));
            }

            beams = [.. next.OrderByDescending(beam => beam.Score).Take(width)];
        }

        return beams.ConvertAll(beam => beam.Tokens);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task One_draft_without_a_corpus_is_greedy_decoding(float temperature)
    {
        for (var start = 0; start < 40; start++)
        {
            int[] prompt = [.. Enumerable.Range(0, 9).Select(i => 20 + (((start * 31) + (i * 53)) % 700))];
            var expected = await Collect(Generator.GenerateAsync(Request(tiny.Model, new DecodingOptions { Sampling = new GreedyOptions() }, prompt, out var plain) with { MaxTokens = 40, EndTokens = tiny.Ends }));
            plain.Dispose();
            var options = new DecodingOptions { Sampling = new SamplingOptions { Temperature = temperature }, Search = new SuperposedDraftsOptions { Drafts = 1, MaxTokens = 40 } };
            var draft = Assert.Single(await RunAsync(tiny.Model, options, prompt, tiny.Ends));
            Assert.Equal(expected.Select(token => token.Id), draft.Tokens);
            Assert.Equal(expected[^1].Finish, draft.Finish);
        }
    }

    [Fact]
    public async Task Every_draft_has_its_own_penalties_and_constraints()
    {
        using var model = TableModel.Random(TestVocabulary.Standard.Count, order: 2, seed: 3);
        var options = new DecodingOptions { Search = new SuperposedDraftsOptions { Drafts = 5, Temperature = 1, MaxTokens = 6 } };
        var plain = await RunAsync(model, options);
        bool Repeats(int[] tokens) => tokens.Distinct().Count() < tokens.Length;
        Assert.Contains(plain, draft => Repeats(draft.Tokens));
        Assert.DoesNotContain(await RunAsync(model, options with { Processors = [new NoRepeatNgramOptions { Size = 1 }] }), draft => Repeats(draft.Tokens));

        // Behind a token that one draft has and another has not, something is forced.
        var token = plain.SelectMany(draft => draft.Tokens[..^1]).GroupBy(token => token).First(group => group.Count() < 5).Key;
        var forced = await RunAsync(model, options with { Constraints = [new FollowOptions(token, 2, Certain: true)] });
        Assert.Contains(forced, draft => draft.Tokens.AsSpan(0, 5).Contains(token));
        Assert.Contains(forced, draft => !draft.Tokens.Contains(token));
        foreach (var (tokens, _, _) in forced)
        {
            for (var i = 1; i < tokens.Length; i++) Assert.True(tokens[i - 1] != token || tokens[i] == 2);
        }
    }

    [Theory]
    [InlineData(3, FinishKind.MaxTokens)]
    [InlineData(4, FinishKind.Budget)]
    [InlineData(5, FinishKind.ContextFull)]
    public async Task Limits_hold_for_every_draft(int length, FinishKind finish)
    {
        using var model = TableModel.Random(TestVocabulary.Standard.Count, contextLength: finish == FinishKind.ContextFull ? _prompt.Length + length - 1 : 1024);
        var options = new DecodingOptions { Search = new SuperposedDraftsOptions(), Budget = finish == FinishKind.Budget ? new BudgetOptions { MaxForwards = length } : null };
        var drafts = await RunAsync(model, options, change: request => request with { MaxTokens = finish == FinishKind.MaxTokens ? length : int.MaxValue });
        Assert.Equal(3, drafts.Count);
        Assert.All(drafts, draft => Assert.Equal((length, finish), (draft.Tokens.Length, draft.Finish)));
    }

    [Fact]
    public async Task Stopped_it_leaves_nothing_behind_and_the_sequence_holds_the_prompt()
    {
        using var model = TableModel.Random(TestVocabulary.Standard.Count);
        using var cancellation = new CancellationTokenSource();
        model.BeforeForward = _ =>
        {
            if (model.ForwardCount == 3) cancellation.Cancel();
            return Task.CompletedTask;
        };
        var request = Request(model, new DecodingOptions { Search = new SuperposedDraftsOptions() }, _prompt, out var sequence);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Collect(Generator.GenerateAsync(request, cancellation.Token)));
        Assert.Equal((0, 1, _prompt.Length), (model.OpenResults, model.OpenSequences, sequence.Length));
        sequence.Dispose();
    }

    [Fact]
    public async Task A_trace_has_every_draft_and_replays()
    {
        using var model = TableModel.Random(TestVocabulary.Standard.Count, order: 3);
        var request = Request(model, new DecodingOptions { Search = new SuperposedDraftsOptions { MaxTokens = 4, Temperature = 1 } }, _prompt, out var sequence);
        var recorder = new TraceRecorder(request);
        var tokens = await Collect(Generator.GenerateAsync(request with { Trace = recorder }));
        sequence.Dispose();
        var trace = DecodingTrace.FromJson(recorder.ToTrace().ToJson());
        Assert.Equal(tokens.Select(token => (token.Id, token.Result)), trace.Tokens.Select(token => (token.Id, token.Result)));
        Assert.Equal([4, 5, 6, 7, 4, 5, 6, 7, 4, 5, 6, 7], trace.Tokens.Select(token => token.Position));

        // What the model makes of a draft by itself: the mixture is not the trace's affair.
        foreach (var draft in trace.Tokens.Chunk(4))
        {
            var logits = new float[model.Info.VocabularySize];
            model.Fill([.. _prompt, .. draft[..^1].Select(token => token.Id)], logits);
            Assert.Equal(Math.Log(Plans.Of(new SamplingOptions()).Row(logits).ProbabilityOf(draft[^1].Id)), draft[^1].LogProbability(LogprobStage.Raw), 4);
        }

        var replay = await trace.ReplayAsync(Request(model, request.Plan.Options, _prompt, out var again));
        Assert.True(replay.Agrees, replay.Divergence?.ToString());
        again.Dispose();
    }

    [Fact]
    public void What_cannot_be_combined_is_refused_by_both_names()
    {
        void Refused(DecodingOptions options, params string[] names)
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => Compile(tiny.Model, options with { Search = options.Search ?? new SuperposedDraftsOptions() }));
            Assert.All(names, name => Assert.Contains(name, error.Message));
        }

        Refused(new() { Contrast = new ContextAwareOptions { Context = ["x"] } }, "superposed-drafts", "context-aware");
        Refused(new() { Speculation = new PromptLookupOptions() }, "superposed-drafts", "prompt-lookup");
        Refused(new() { Route = new EntropySwitchOptions { Small = "a" } }, "superposed-drafts", "entropy-switch");
        Refused(new() { Search = new SuperposedDraftsOptions { Corpus = "nowhere" } }, "superposed-drafts: Corpus", "\"nowhere\"", Corpus);
        Assert.NotNull(Compile(tiny.Model, new() { Search = new SuperposedDraftsOptions(), Contrast = new LogitsEvolutionOptions() }));
        Assert.Contains("EmbeddingInput", Assert.Throws<ArgumentException>(() => new SuperposedDraftsOptions().Compile(TestVocabulary.Standard.Context)).Message);
    }

    private static float[] OneHot(int id)
    {
        var embedding = new float[TestVocabulary.Standard.Count];
        embedding[id] = 1;
        return embedding;
    }

    private static void AssertSame(List<(int[] Tokens, double Score)> expected, List<(int[] Tokens, double Score, FinishKind? Finish)> actual, int digits = 4)
    {
        Assert.Equal(expected.Select(draft => string.Join(' ', draft.Tokens)), actual.Select(draft => string.Join(' ', draft.Tokens)));
        foreach (var (first, second) in expected.Zip(actual)) Assert.Equal(first.Score, second.Score, digits);
    }

    private static bool Equal(List<(int[] Tokens, double Score)> first, List<(int[] Tokens, double Score)> second)
        => first.Count == second.Count && first.Zip(second).All(pair => pair.First.Tokens.SequenceEqual(pair.Second.Tokens) && Math.Abs(pair.First.Score - pair.Second.Score) < 1e-6);

    private static DecodingPlan Compile(ICausalModel model, DecodingOptions options)
        => DecodingPlan.Compile(options, TestVocabulary.Standard.Context with { Model = model.Info, Services = _services });

    private static GenerationRequest Request(ICausalModel model, DecodingOptions options, int[] prompt, out ISequence sequence)
        => new() { Sequence = sequence = model.OpenSequence(), Prompt = prompt, Plan = Compile(model, options) };

    private static async Task<List<(int[] Tokens, double Score, FinishKind? Finish)>> RunAsync(
        ICausalModel model, DecodingOptions options, int[]? prompt = null, IReadOnlyCollection<int>? ends = null, Func<GenerationRequest, GenerationRequest>? change = null)
    {
        var request = Request(model, options, prompt ?? _prompt, out var sequence) with { EndTokens = ends ?? [] };
        using (sequence)
        {
            var tokens = await Collect(Generator.GenerateAsync(change?.Invoke(request) ?? request));
            return [.. tokens.GroupBy(token => token.Result).Select(draft => (draft.Select(token => token.Id).ToArray(), draft.Last().Score!.Value, draft.Last().Finish))];
        }
    }

    private static async Task<List<GeneratedToken>> Collect(IAsyncEnumerable<GeneratedToken> tokens)
    {
        var list = new List<GeneratedToken>();
        await foreach (var token in tokens) list.Add(token);
        return list;
    }
}
