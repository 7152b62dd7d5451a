using Decant.Decoding;

namespace Decant.Benchmarks.Speculate;

/// <summary>The drafters that are measured, with the members they are measured with.</summary>
internal static class Drafters
{
    public static IReadOnlyList<(string Name, SpeculationOptions Options)> All { get; } =
    [
        ("prompt-lookup", new PromptLookupOptions()),
        ("prompt-lookup, first", new PromptLookupOptions { Match = MatchPolicy.First }),
        ("prompt-lookup, 4 branches", new PromptLookupOptions { Candidates = 4 }),
        ("draft-model, 3", new DraftModelOptions { Model = "draft", MaxTokens = 3 }),
        ("draft-model, 8", new DraftModelOptions { Model = "draft", MaxTokens = 8 }),
        ("iid-sequences", new IidSequencesOptions { Model = "draft" }),
        ("gumbel-tree", new GumbelTreeOptions { Model = "draft" }),
        ("superposed", new SuperposedOptions { Model = "draft" }),
        ("fused", new FusedOptions { Primary = new DraftModelOptions { Model = "draft" }, Secondary = new PromptLookupOptions() }),
        ("trigram-search", new TrigramSearchOptions()),
        ("lookahead", new LookaheadOptions { PoolFromPrompt = true }),
        ("layer-skip, exit 2", new LayerSkipOptions { ExitLayer = 2 }),
        ("nested", new NestedOptions { Exits = [2, 3], Thresholds = [0.9, 0.5] }),
        ("auto", new AutoSpeculationOptions { Model = "draft" }),
    ];
}
