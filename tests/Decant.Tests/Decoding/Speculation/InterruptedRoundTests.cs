namespace Decant.Tests.Decoding.Speculation;

/// <summary>
/// A call that is stopped at any forward, of the target or of a model that drafts, and one that ends where its context does: its sequences hold a beginning of the text and nothing else, so
/// that the next call may go on from them.
/// </summary>
public class InterruptedRoundTests
{
    private const int Tokens = 24;
    private static readonly int[] _prompt = [1, 2, 0, 1, 2];
    private readonly TableModel _target = TableModel.Random(TestVocabulary.Standard.Count, order: 3, seed: 5, scale: 5);
    private readonly TableModel _draft = TableModel.Random(TestVocabulary.Standard.Count, order: 3, seed: 5, scale: 4);

    private static readonly Dictionary<string, SpeculationOptions> _all = new SpeculationOptions[]
    {
        new DraftModelOptions { Model = "draft" },
        new IidSequencesOptions { Model = "draft" },
        new GumbelTreeOptions { Model = "draft" },
        new LexicalUnitOptions { PadId = 0, Beta = 0 },

        // The table is other tests' too.
        new TrigramSearchOptions { Table = TestStore.Name, UpdateStep = 0 },
        new RetrievalOptions { Store = TestStore.Name, MinSuffix = 1 },
        new LookaheadOptions { PoolFromPrompt = true },
        new PassageOptions { MinNgram = 1 },
        new FusedOptions { Primary = new DraftModelOptions { Model = "draft" }, Secondary = new LookaheadOptions() },
        new AutoSpeculationOptions { Drafters = [new DraftModelOptions { Model = "draft" }, new FusedOptions { Primary = new DraftModelOptions { Model = "draft" }, Secondary = new PromptLookupOptions() }] },
    }.ToDictionary(options => options.Kind);

    public static TheoryData<string> Kinds => [.. _all.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Sequences_hold_a_beginning_of_the_text_and_the_next_call_is_whole(string kind)
    {
        var expected = Run(null, _target.OpenSequence(), _draft.OpenSequence(), out _);
        var forward = 0;
        for (var stop = 1; forward < 200; stop++)
        {
            using var target = _target.OpenSequence();
            using var draft = _draft.OpenSequence();
            using var cancellation = new CancellationTokenSource();
            forward = 0;
            _target.BeforeForward = _draft.BeforeForward = _ => ++forward == stop ? cancellation.CancelAsync() : Task.CompletedTask;
            var taken = Run(_all[kind], target, draft, out var error, cancellationToken: cancellation.Token);
            Assert.Equal(expected[..taken.Count], taken);
            if (error is null) break;
            Assert.IsAssignableFrom<OperationCanceledException>(error);
            _target.BeforeForward = _draft.BeforeForward = null;

            // The owner knows the text only, as a client that keeps sequences does.
            int[] known = [.. _prompt, .. taken];
            draft.Truncate(Math.Min(draft.Length, known.Length));
            foreach (var sequence in (ISequence[])[target, draft]) Assert.Equal(known[..sequence.Length], ((TableSequence)sequence).Ids);
            target.Truncate(Math.Min(target.Length, _prompt.Length - 1));
            draft.Truncate(Math.Min(draft.Length, _prompt.Length - 1));
            Assert.Equal(expected, Run(_all[kind], target, draft, out _));
        }

        Assert.Equal((0, 2), (_target.OpenResults + _draft.OpenResults, _target.OpenSequences + _draft.OpenSequences));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Where_the_context_ends_the_text_does_and_a_drafter_with_less_context_is_done_without(string kind)
    {
        for (var room = 6; room < 14; room++)
        {
            using var small = TableModel.Random(TestVocabulary.Standard.Count, order: 3, seed: 5, scale: 5, contextLength: room);
            var expected = Run(null, small.OpenSequence(), _draft.OpenSequence(), out _);
            Assert.Equal(room - _prompt.Length + 1, expected.Count);
            Assert.Equal(expected, Run(_all[kind], small.OpenSequence(), _draft.OpenSequence(), out _));

            using var shorter = TableModel.Random(TestVocabulary.Standard.Count, order: 3, seed: 5, scale: 4, contextLength: room);
            Assert.Equal(Run(null, _target.OpenSequence(), shorter.OpenSequence(), out _), Run(_all[kind], _target.OpenSequence(), shorter.OpenSequence(), out var error));
            Assert.Null(error);
        }
    }

    [Theory]
    [InlineData(40, 1)]
    [InlineData(-1, 1)]
    [InlineData(3, 100)]
    public void A_drafter_that_drafts_what_cannot_be_run_is_dropped_with_a_warning(int token, int count)
    {
        var bad = new TestDraftOptions("bad", SiblingLaw.Deterministic, (round, _, _) =>
        {
            for (var (node, i) = (round.Root, 0); i < count; i++) node = round.Tree.Add(node, token, "bad");
        });
        var expected = Run(null, _target.OpenSequence(), _draft.OpenSequence(), out _);
        var counter = new SpeculationCounter();
        Assert.Equal(expected, Run(bad, _target.OpenSequence(), _draft.OpenSequence(), out _, counter));
        Assert.Contains("\"bad\"", Assert.Single(counter.Warnings));
        Assert.Equal(0, counter.Drafted);
    }

    private List<int> Run(SpeculationOptions? speculation, ISequence target, ISequence draft, out Exception? error, SpeculationCounter? counter = null, CancellationToken cancellationToken = default)
    {
        using var second = _draft.OpenSequence();
        var plan = DecodingPlan.Compile(new DecodingOptions { Speculation = speculation }.WithSeed(4), SpeculationRuns.Context);
        var request = new GenerationRequest
        {
            Sequence = target, Cached = _prompt.AsMemory(0, target.Length), Prompt = _prompt.AsMemory(target.Length), Plan = plan, MaxTokens = Tokens, ContextTokens = new TokenRange(0, 4), PrefillChunk = 3,
            Drafts = [.. (plan.Speculation?.Drafter.Models ?? []).Select((_, i) => new BranchSource(_prompt, i == 0 ? draft : second))], Speculation = counter ?? new SpeculationCounter(),
        };
        var taken = new List<int>();
        error = Record.Exception(() =>
        {
            foreach (var token in Generator.GenerateAsync(request, cancellationToken).ToBlockingEnumerable()) taken.Add(token.Id);
        });
        return taken;
    }
}
