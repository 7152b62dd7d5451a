using Decant.Connectors.Embedded;
using Decant.Connectors.Text;
using Decant.Decoding;
using Decant.Samples.TrainTiny.Corpus;
using Decant.Samples.TrainTiny.World;
using Decant.Tests.Decoding.Speculation;

namespace Decant.Tests.Connectors.Chat;

/// <summary>Every drafter as it drafts for <c>decant-tiny</c>: one line per kind; a kind without a line fails the tests of the chat client.</summary>
internal static class SpeculationSamples
{
    private const string Stories = "stories";

    private static readonly Dictionary<string, SpeculationOptions> _all = new SpeculationOptions[]
    {
        new DraftModelOptions { Model = EmbeddedModels.Draft },
        new PromptLookupOptions { Candidates = 3 },
        new IidSequencesOptions { Model = EmbeddedModels.Draft },
        new GumbelTreeOptions { Model = EmbeddedModels.Draft },
        new LayerSkipOptions { Search = true, SkipRatio = 0.13 },
        new LayerParallelOptions { Model = EmbeddedModels.Plain, GroupSize = 2 },
        new NestedOptions { Exits = [2, 3], Thresholds = [0.9, 0.5] },
        new TrigramSearchOptions(),
        new RetrievalOptions { Store = Stories },
        new LookaheadOptions { PoolFromPrompt = true },
        new PassageOptions(),
        new FusedOptions { Primary = new DraftModelOptions { Model = EmbeddedModels.Draft }, Secondary = new PromptLookupOptions() },
        new LexicalUnitOptions { PadId = 0, Beta = 0.3f },
        new SuperposedOptions { Model = EmbeddedModels.Draft },
        new AutoSpeculationOptions { Model = EmbeddedModels.Draft },
    }.ToDictionary(options => options.Kind);

    /// <summary>What the samples name.</summary>
    public static DecodingServices Services { get; } = new DecodingServices().Add(Stories, Store());

    public static IEnumerable<string> Kinds => StrategySlot.All.Single(slot => slot.Name == "speculation").Kinds;

    public static SpeculationOptions Of(string kind) => _all.TryGetValue(kind, out var options) ? options : throw new ArgumentException($"The drafter \"{kind}\" has no line in SpeculationSamples: add one.");

    // Texts of the kind that the prompts ask for.
    private static RetrievalStore Store()
    {
        var tokenizer = TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Tiny));
        var texts = Mixture.General(TinyWorld.Default).Examples(1).Take(300).Select(example => tokenizer.Encode(example.Turns[^1].Content, addSpecialTokens: false).ToArray());
        return TestStore.Of(VocabularyId.Of(tokenizer), [.. texts]);
    }
}
