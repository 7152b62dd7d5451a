namespace Decant.Tests.Decoding.Speculation;

/// <summary>The verifiers that promise exactness and a small drafter for each law of siblings. A new one is a line here.</summary>
internal static class ExactVerifiers
{
    private static readonly Dictionary<string, VerifierOptions> _verifiers = new VerifierOptions[]
    {
        new TokenMatchOptions { ShareNoise = false },
        new RejectionOptions(),
        new BlockOptions(),
        new TraversalOptions(),
        new RecursiveRejectionOptions(),
        new KSeqOptions(),
        new MixedOptions(),
    }.ToDictionary(verifier => verifier.Kind);

    private static readonly Dictionary<string, SpeculationOptions> _drafters = new SpeculationOptions[]
    {
        new DraftModelOptions { Model = "draft", MaxTokens = 2 },
        new PromptLookupOptions { MaxTokens = 2 },
        new IidSequencesOptions { Model = "draft", Sequences = 2, MaxTokens = 2, Length = new OnceOptions() },
        new GumbelTreeOptions { Model = "draft", Branching = [2, 2], Length = new OnceOptions() },
        TestDraftOptions.Mixed with { Length = new OnceOptions() },
        TestDraftOptions.FixedTree with { Length = new OnceOptions() },
        new TrigramSearchOptions { Table = TestStore.Name, UpdateStep = 0, Iterations = 20, Depth = 2 },
        new RetrievalOptions { Store = TestStore.Name, MaxContinuation = 3, MaxNodes = 12 },
        new LookaheadOptions { Level = 3, Window = 2, Guesses = 3 },
        new PassageOptions { MinNgram = 1, MaxTokens = 2 },
        new FusedOptions { Primary = new DraftModelOptions { Model = "draft", MaxTokens = 2 }, Secondary = new PromptLookupOptions { MaxTokens = 2 }, PruneTopK = 3 },
        new LexicalUnitOptions { Window = 3, Beta = 0.3, PadId = 0 },
        new SuperposedOptions { Model = "draft", Drafts = 2, MaxTokens = 3, Temperature = 1 },
    }.ToDictionary(drafter => drafter.Kind);

    public static IEnumerable<string> Names => _verifiers.Keys;

    public static VerifierOptions Of(string verifier) => _verifiers[verifier];

    public static SpeculationOptions Drafter(string drafter) => _drafters[drafter];

    public static IEnumerable<string> DraftersOf(string verifier)
        => _drafters.Values.Where(drafter => Of(verifier).Compile(SpeculationRuns.Context).Supports(drafter.Compile(SpeculationRuns.Context).Law)).Select(drafter => drafter.Kind);
}
