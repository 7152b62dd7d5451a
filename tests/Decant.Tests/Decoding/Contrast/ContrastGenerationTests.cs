using static Decant.Tests.Decoding.Contrast.ContrastRuns;

namespace Decant.Tests.Decoding.Contrast;

/// <summary>Contrasts over table models: exact distributions, identities, lagging branches.</summary>
public class ContrastGenerationTests
{
    private static readonly int[] _prompt = [1, 2, 0, 3, 1];
    private static readonly int[] _other = [1, 2, 3];

    // The whole prompt decides, so that a branch which reads another one differs at every token.
    private static TableModel Model(int vocabulary = 5, ulong seed = 1, float scale = 2, int contextLength = 1024)
        => TableModel.Random(vocabulary, order: 100, seed, scale, contextLength);

    [Theory]
    [InlineData("context-aware")]
    [InlineData("guidance")]
    [InlineData("retrieval-marginalization")]
    public async Task The_first_tokens_have_the_contrasted_joint_distribution(string kind)
    {
        using var model = Model(4);
        var options = ContrastKinds.Of(kind);
        var expected = new double[64];
        var rows = new double[64];
        for (var i = 0; i < 64; i++)
        {
            (expected[i], rows[i]) = (1, 1);
            List<int> suffix = [];
            foreach (var token in (int[])[i / 16, i / 4 % 4, i % 4])
            {
                var (with, without) = (Logits(model, [.. _prompt, .. suffix]), Logits(model, [.. _other, .. suffix]));
                expected[i] *= Reference(options, ContrastRows.Softmax(with), ContrastRows.Softmax(without))[token];
                rows[i] *= ContrastRows.Of(options, ContrastKinds.ForAll, ContrastRows.Row(with), ContrastRows.Row(without)).Probabilities[token];
                suffix.Add(token);
            }
        }

        // Probabilities are single precision.
        Assert.True(Statistics.TotalVariation(expected, rows) < 1e-6);
        var counts = new int[64];
        for (var seed = 0; seed < 20_000; seed++)
        {
            var tokens = (await RunAsync(model, Plan(options, seed), _prompt, 3, new BranchSource(_other))).Tokens;
            counts[(tokens[0] * 16) + (tokens[1] * 4) + tokens[2]]++;
        }

        Statistics.AssertFits(counts, expected);
    }

    // As the definitions read, in double precision.
    private static double[] Reference(ContrastOptions options, double[] p, double[] q)
    {
        var weights = options switch
        {
            ContextAwareOptions { Alpha: var alpha } => p.Select((value, i) => Math.Pow(value, 1 + alpha) / Math.Pow(q[i], alpha)),
            GuidanceOptions { Scale: var scale } => p.Select((value, i) => Math.Pow(value, scale) * Math.Pow(q[i], 1 - scale)),
            RetrievalMarginalizationOptions { Temperature: var temperature } => p.Select((value, i) => (Math.Exp(1 / temperature) * value) + q[i]),
            _ => throw new NotSupportedException(options.Kind),
        };
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    [Fact]
    public async Task Zero_strength_is_plain_decoding_bit_for_bit()
    {
        using var model = Model(30);
        using var others = Model(30, seed: 8);
        var plain = await RunAsync(model, Plan(null), _prompt, 30);
        (ContrastOptions Options, int Models)[] zeros =
        [
            (new ContextAwareOptions { Alpha = 0 }, 0), (new GuidanceOptions { Scale = 1 }, 0), (new LeadingQueryOptions { Alpha = 0, Plausibility = 0, NeutralQuery = "x" }, 0),
            (new AmateurContrastOptions { Model = "x", Coefficient = 0, Plausibility = 0 }, 1), (new ProxyTuningOptions { Expert = "x", AntiExpert = "y", Alpha = 0 }, 2),
            (new DExpertsOptions { Expert = "x", AntiExpert = "y", Alpha = 0, BaseTopP = 1 }, 2), (new GroundingOptions { Grounders = [ContrastKinds.Uniform], Weight = 0 }, -1),
            (new RetrievalMarginalizationOptions { Contexts = 1 }, -1),
        ];
        foreach (var (options, count) in zeros) Same(plain, await RunAsync(model, Plan(options), _prompt, 30, Sources(count)), options.Kind);
        Same(plain, await RunAsync(model, Plan(new AdaptiveContextAwareOptions()), _prompt, 30, new BranchSource(_prompt)), "identical prompts");
        Same(plain, await RunAsync(model, Plan(new ContextAwareOptions { Alpha = 4 }), _prompt, 30, new BranchSource(_prompt)), "identical prompts");

        BranchSource[] Sources(int models) => models switch
        {
            < 0 => [],
            0 => [new BranchSource(_other)],
            _ => [.. Enumerable.Range(0, models).Select(_ => new BranchSource(_other, others.OpenSequence()))],
        };
    }

    [Fact]
    public async Task Every_kind_changes_something()
    {
        using var model = new TableModel(30, Model(30).Fill, 1024, Model(30, 5).Fill, Model(30, 6).Fill);
        var plain = await RunAsync(model, Plan(null), _prompt, 30);
        foreach (var options in ContrastKinds.All)
        {
            using var other = Model(30, seed: 8);
            using var third = Model(30, seed: 9);
            var models = new Queue<ICausalModel>([other, third]);
            var sources = options.Compile(ContrastKinds.ForAll).Branches.Skip(1).Select(branch => new BranchSource(_other, branch.Model is null ? null : models.Dequeue().OpenSequence()));
            var contrasted = await RunAsync(model, Plan(options), _prompt, 30, [.. sources]);
            Assert.False(plain.Tokens.SequenceEqual(contrasted.Tokens), options.Kind);
        }

        Assert.Equal((0, 0), (model.OpenSequences, model.OpenResults));
    }

    [Theory]
    [InlineData(15f)]
    [InlineData(40f)]
    public async Task A_branch_that_stays_behind_changes_nothing_but_its_forwards(float scale)
    {
        using var model = Model(20, scale: scale);
        using var small = Model(20, seed: 8);
        ContrastOptions[] all =
        [
            new AmateurContrastOptions { Model = "x", Plausibility = 0.3f }, new InducedContrastOptions { NegativeModel = "x" },
            new DExpertsOptions { Expert = "x", AntiExpert = "y", BaseTopP = 0.7f },
        ];
        foreach (var options in all)
        {
            async Task<Outcome> Run(bool settles)
            {
                using var first = small.OpenSequence();
                using var second = small.OpenSequence();
                BranchSource[] sources = [new(_other, first), new(_other, second)];
                return await RunAsync(model, Plan(new Wrapped(options, settles)), _prompt, 60, sources[..(options is DExpertsOptions ? 2 : 1)]);
            }

            var (always, lagging) = (await Run(false), await Run(true));
            Same(always, lagging, options.Kind);
            Assert.Equal(always.Counter.Target, lagging.Counter.Target);
            Assert.True(lagging.Counter.Branches < always.Counter.Branches, $"{options.Kind}: {lagging.Counter.Branches} of {always.Counter.Branches}");
        }
    }

    [Fact]
    public async Task Branches_may_come_in_any_order()
    {
        using var model = Model(20);
        int[][] prompts = [[1, 2], [3, 0, 1], [4]];
        double[] scores = [2, 1, 0.5];
        var orders = new List<Outcome>();
        foreach (var order in (int[][])[[0, 1, 2], [2, 0, 1], [1, 2, 0]])
        {
            // The plan sorts documents by score, so their branches ask for the same prompts whatever the order of the call's documents.
            var plan = Plan(new RetrievalMarginalizationOptions(), context: ContrastRows.Context(documentScores: [.. order.Select(i => scores[i])]));
            int Document(BranchRequest branch) => order[((BranchPrompt.OneDocument)branch.Prompt).Index];
            orders.Add(await RunAsync(model, plan, prompts[Document(plan.Contrast!.Branches[0])], 30, [.. plan.Branches.Select(branch => new BranchSource(prompts[Document(branch)]))]));
        }

        foreach (var outcome in orders) Same(orders[0], outcome, "order");

        // Where none is better than another, any of them may be the target.
        var alike = ContrastRows.Context(documentScores: [1, 1, 1]);
        BranchRow[] rows = [ContrastRows.Row(ContrastRows.E), ContrastRows.Row(ContrastRows.A), ContrastRows.Row(ContrastRows.M)];
        var expected = ContrastRows.Of(new RetrievalMarginalizationOptions(), alike, rows).Probabilities;
        foreach (var order in (int[][])[[2, 0, 1], [1, 0, 2], [2, 1, 0]])
            ContrastRows.AssertNear(expected, ContrastRows.Of(new RetrievalMarginalizationOptions(), alike, [.. order.Select(i => rows[i])]).Probabilities);
    }

    [Fact]
    public async Task Parallel_callers_get_what_each_would_get_alone()
    {
        using var model = Model(20);
        var plans = Enumerable.Range(0, 8).Select(i => Plan(new AdaptiveContextAwareOptions { MinAlpha = i / 8f }, seed: i)).ToList();
        Task<Outcome> Run(int i) => RunAsync(model, plans[i], [.. _prompt, i], 30, new BranchSource((int[])[.. _other, i]));
        var alone = new List<Outcome>();
        for (var i = 0; i < 8; i++) alone.Add(await Run(i));
        model.BeforeForward = async _ => await Task.Yield();
        var together = await Task.WhenAll(Enumerable.Range(0, 8).Select(Run));
        for (var i = 0; i < 8; i++) Same(alone[i], together[i], $"caller {i}");
    }

    [Fact]
    public async Task A_branch_has_a_context_of_its_own()
    {
        using var model = Model(20, contextLength: 12);
        var plan = Plan(new ContextAwareOptions());
        Assert.Equal(7, (await Assert.ThrowsAsync<ContextOverflowException>(() => RunAsync(Model(20, contextLength: 6), plan, [1], 3, new BranchSource(new int[7])))).Required);
        // Ten tokens of the branch's prompt leave room for two more, however short the target's is.
        Assert.Equal(3, (await RunAsync(model, plan, [1], 30, new BranchSource(new int[10]))).Tokens.Count);
        await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(model, plan, [1], 3));
        using var other = Model(21).OpenSequence();
        Assert.Contains("one vocabulary", (await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(model, Plan(new AmateurContrastOptions { Model = "x" }), [1], 3, new BranchSource(new[] { 1 }, other)))).Message);
    }

    private static float[] Logits(TableModel model, int[] tokens)
    {
        var logits = new float[model.Info.VocabularySize];
        model.Fill(tokens, logits);
        return logits;
    }

    private static void Same(Outcome expected, Outcome actual, string what)
    {
        Assert.True(expected.Tokens.SequenceEqual(actual.Tokens), what);
        Assert.All(expected.Probabilities.Zip(actual.Probabilities), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second), what));
    }
}
