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
    ];
}
