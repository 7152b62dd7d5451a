using Decant.Connectors.Embedded;
using Decant.Decoding;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Every drafter as it drafts for <c>decant-tiny</c>: one line per kind; a kind without a line fails the tests of the chat client.</summary>
internal static class SpeculationSamples
{
    private static readonly Dictionary<string, SpeculationOptions> _all = new SpeculationOptions[]
    {
        new DraftModelOptions { Model = EmbeddedModels.Draft },
        new PromptLookupOptions { Candidates = 3 },
        new IidSequencesOptions { Model = EmbeddedModels.Draft },
        new GumbelTreeOptions { Model = EmbeddedModels.Draft },
        new LayerSkipOptions { Search = true, SkipRatio = 0.13 },
        new LayerParallelOptions { Model = EmbeddedModels.Plain, GroupSize = 2 },
        new NestedOptions { Exits = [2, 3], Thresholds = [0.9, 0.5] },
    }.ToDictionary(options => options.Kind);

    /// <summary>What the samples name.</summary>
    public static DecodingServices Services { get; } = new();

    public static IEnumerable<string> Kinds => StrategySlot.All.Single(slot => slot.Name == "speculation").Kinds;

    public static SpeculationOptions Of(string kind) => _all.TryGetValue(kind, out var options) ? options : throw new ArgumentException($"The drafter \"{kind}\" has no line in SpeculationSamples: add one.");
}
