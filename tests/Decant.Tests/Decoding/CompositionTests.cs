using Decant.Connectors.Cpu;
using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Tests.Decoding.Contrast;

namespace Decant.Tests.Decoding;

/// <summary>
/// Every strategy with every strategy of the other slots, and of its own where that takes several: both hold, or the plan says which two exclude each other. A new strategy is
/// tested as soon as it has its line in <see cref="StrategySamples"/>.
/// </summary>
public sealed class CompositionTests(CompositionTests.Models models) : IClassFixture<CompositionTests.Models>
{
    private const int Tokens = 8;
    private static readonly int[] _prompt = [5, 6, 7, 5, 6];
    private static readonly int[] _otherPrompt = [5, 7, 6];
    private static readonly string[] _listSlots = ["processors", "constraints"];

    public static TheoryData<string> Kinds => [.. StrategySamples.Kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task With_every_other(string kind)
    {
        var refused = 0;
        foreach (var (other, options) in Pairs(kind))
        {
            if (Compile(options, kind, other) is not { } plan)
            {
                refused++;
                continue;
            }

            try
            {
                await AssertComposesAsync(plan);
            }
            catch (NoTokenAllowedException exception)
            {
                // Two may leave nothing together, and then the error names both; one alone always leaves something.
                AssertNames(exception, kind, other);
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"{kind} with {other}: {exception.Message}\n{exception.StackTrace}");
            }
        }

        Assert.True(refused < Pairs(kind).Count(), $"{kind} goes with nothing.");
    }

    /// <summary>A plan for two, or null where they exclude each other and the error says so.</summary>
    private DecodingPlan? Compile(DecodingOptions options, string kind, string other)
    {
        options = options.WithSeed(5);
        try
        {
            var plan = DecodingPlan.Compile(options, models.Context(options));
            return options.Thinking is null ? plan : plan.AfterReasoning("aa", "dd", isOpen: false);
        }
        catch (ArgumentException exception)
        {
            AssertNames(exception, kind, other);
            return null;
        }
    }

    private static void AssertNames(Exception exception, string kind, string other)
    {
        Assert.Contains(kind, exception.Message);
        Assert.Contains(other, exception.Message);
    }

    private async Task AssertComposesAsync(DecodingPlan plan)
    {
        var (first, _) = await RunAsync(plan, null);
        Assert.NotEmpty(first);
        var (second, _) = await RunAsync(plan, _ => new ForkCheck(plan));
        Assert.Equal(first, second);
        var (third, recorder) = await RunAsync(plan, request => new TraceRecorder(request));
        Assert.Equal(first, third);
        var trace = ((TraceRecorder)recorder!).ToTrace();
        Assert.Equal(first, trace.Tokens.Select(token => token.Id));
        if (plan.Options.Strategies.All(strategy => StrategySamples.Kinds.Contains(strategy.Kind))) Assert.Equal(trace, DecodingTrace.FromJson(trace.ToJson()));
        await using var opened = new Opened(models, plan);
        var replay = await trace.ReplayAsync(opened.Request);
        Assert.True(replay.Agrees, replay.Divergence?.ToString());
    }

    private async Task<(List<int> Tokens, ITraceSink? Sink)> RunAsync(DecodingPlan plan, Func<GenerationRequest, ITraceSink>? trace)
    {
        await using var opened = new Opened(models, plan);
        var sink = trace?.Invoke(opened.Request);
        var tokens = new List<int>();
        var first = 0;
        await foreach (var token in Generator.GenerateAsync(opened.Request with { Trace = sink }))
        {
            tokens.Add(token.Id);
            if (token.Result == 0 && token.Progress is null) first++;
        }

        // Several results may have what they begin with in common.
        if (plan.Options.Search is { } search && StrategySamples.Kinds.Contains(search.Kind)) Assert.True(opened.Request.Counter.Tokens >= first, $"{search.Kind} does not count the tokens that it writes.");
        return (tokens, sink);
    }

    private static IEnumerable<(string Other, DecodingOptions Options)> Pairs(string kind)
    {
        var slot = StrategySlot.All.First(slot => slot.Kinds.Contains(kind));
        var options = DecodingOptions.Read(StrategySamples.Of(kind).Changed);
        foreach (var other in StrategySlot.All)
        {
            if (other == slot && !_listSlots.Contains(slot.Name)) continue;
            foreach (var name in other.Kinds)
            {
                // No model of these tests has both.
                if ((StrategySamples.Of(kind), StrategySamples.Of(name)) is ({ NeedsGradients: true }, { NeedsInside: true }) or ({ NeedsInside: true }, { NeedsGradients: true })) continue;
                var partner = DecodingOptions.Read(StrategySamples.Of(name).Changed);
                yield return (name, options.Or(partner) with
                {
                    Processors = [.. options.Processors ?? [], .. partner.Processors ?? []],
                    Constraints = [.. options.Constraints ?? [], .. partner.Constraints ?? []],
                });
            }
        }

        // Slots whose own strategies need more than these models have: something of each kind goes with everything.
        yield return ("test-multiples", options with { Constraints = [.. options.Constraints ?? [], new MultiplesOptions(2)] });
        if (slot.Name != "search") yield return ("test-second-best", options with { Search = new SecondBestOptions() });
    }

    /// <summary>The models that plans run on; a table where nothing is asked of the inside.</summary>
    public sealed class Models : IDisposable
    {
        private readonly Lazy<CpuModel> _tiny = new(() => CpuModel.Load(EmbeddedModels.Folder(EmbeddedModels.Draft), new CpuModelOptions { Threads = 1 }));
        private readonly Lazy<TextTokenizer> _tokenizer = new(() => TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Draft)));
        private readonly TableModel _table = TableModel.Random(TestVocabulary.Standard.Count, order: 6);
        private readonly TableModel _other = TableModel.Random(TestVocabulary.Standard.Count, order: 6, seed: 9);

        public PlanContext Context(DecodingOptions options)
        {
            var context = TestVocabulary.Standard.Context with { Services = StrategySamples.Services, DocumentScores = [1, 0.5] };
            if (!NeedsInside(options)) return context with { Model = _table.Info };
            return context with { Services = StrategySamples.InsideServices, Model = _tiny.Value.Info, Vocabulary = _tokenizer.Value, Encode = text => _tokenizer.Value.Encode(text, addSpecialTokens: false) };
        }

        /// <summary>The target, and the model of all branches that name one.</summary>
        public (ICausalModel Target, ICausalModel Other) Of(DecodingOptions options) => NeedsInside(options) ? (_tiny.Value, _tiny.Value) : (_table, _other);

        public IReadOnlyCollection<int> EndTokens(DecodingOptions options) => NeedsInside(options) ? _tokenizer.Value.EndOfTurn.ToArray() : TestVocabulary.Standard.EndOfTurn.ToArray();

        public void Dispose()
        {
            Assert.Equal((0, 0), (_table.OpenResults, _table.OpenSequences));
            if (_tiny.IsValueCreated) _tiny.Value.Dispose();
        }

        private static bool NeedsInside(DecodingOptions options) => options.Strategies.Any(strategy => StrategySamples.Kinds.Contains(strategy.Kind) && StrategySamples.Of(strategy.Kind).NeedsInside);
    }

    /// <summary>A request with all that its plan asks for.</summary>
    private sealed class Opened : IAsyncDisposable
    {
        private readonly List<ISequence> _sequences = [];

        public Opened(Models models, DecodingPlan plan)
        {
            var (target, other) = models.Of(plan.Options);
            Request = new GenerationRequest
            {
                Sequence = Open(target),
                Prompt = _prompt,
                Plan = plan,
                MaxTokens = Tokens,
                ContextTokens = new TokenRange(0, 2),
                EndTokens = models.EndTokens(plan.Options),
                Branches = [.. plan.Branches.Select(branch => new BranchSource(_otherPrompt, branch.Model is null ? null : Open(other)))],
                Routes = [.. (plan.Route?.Models ?? []).Select(_ => new BranchSource(_prompt, Open(other)))],
                Drafts = [.. (plan.Speculation?.Drafter.Models ?? []).Select(_ => new BranchSource(_prompt, Open(other)))],
            };
        }

        public GenerationRequest Request { get; }

        public ValueTask DisposeAsync()
        {
            foreach (var sequence in _sequences) sequence.Dispose();
            return ValueTask.CompletedTask;
        }

        private ISequence Open(ICausalModel model)
        {
            _sequences.Add(model.OpenSequence());
            return _sequences[^1];
        }
    }

    /// <summary>At every token: a state that was forked, went another way and was rolled back makes the row that a state makes which never left.</summary>
    private sealed class ForkCheck(DecodingPlan plan) : ITraceSink
    {
        private readonly TokenDistribution _distribution = new();
        private GenerationState? _traveller;

        public void Add(in TracedRow row)
        {
            // A result that begins follows the prompt, as the first one did.
            var traveller = row.State.Generated.IsEmpty ? row.State.Fork() : _traveller!;
            AssertSameRow(row, traveller);
            traveller.Commit(Another(row), row.Distribution);
            traveller = traveller.Fork();
            traveller.Rollback(1);
            AssertSameRow(row, traveller);
            AssertSameRow(row, row.State.Fork());
            traveller.Commit(row.Token, row.Distribution);
            _traveller = traveller;
        }

        // A token that could have come as well, where there is one.
        private static int Another(in TracedRow row)
        {
            for (var i = 0; i < row.Distribution.Count; i++)
            {
                if (row.Distribution.Ids[i] != row.Token && row.Distribution.Probabilities[i] > 0) return row.Distribution.Ids[i];
            }

            return row.Token;
        }

        private void AssertSameRow(in TracedRow row, GenerationState state)
        {
            plan.Target.Row(row.Rows, state, _distribution);
            Assert.True(row.Distribution.Ids.SequenceEqual(_distribution.Ids), $"other candidates at position {state.Position}");
            Assert.True(row.Distribution.Probabilities.SequenceEqual(_distribution.Probabilities), $"other probabilities at position {state.Position}");
        }
    }
}
