using System.Text.Json.Serialization.Metadata;

namespace Decant.Decoding;

/// <summary>One slot of <see cref="DecodingOptions"/> with the strategies it knows. Adding a strategy is one line in its slot.</summary>
public sealed class StrategySlot
{
    private readonly Dictionary<string, (Strategy Default, JsonTypeInfo Type)> _kinds;

    private StrategySlot(string name, Type type, params (Strategy Default, JsonTypeInfo Type)[] kinds)
    {
        (Name, Type) = (name, type);
        _kinds = kinds.ToDictionary(kind => kind.Default.Kind);
    }

    /// <summary>Every slot, in the order of <see cref="DecodingOptions"/>.</summary>
    public static IReadOnlyList<StrategySlot> All { get; } =
    [
        new("contrast", typeof(ContrastOptions),
            Of(DecodingJson.Default.ContextAwareOptions),
            Of(DecodingJson.Default.AdaptiveContextAwareOptions),
            Of(DecodingJson.Default.EntropyConstrainedContextOptions),
            Of(DecodingJson.Default.GuidanceOptions),
            Of(DecodingJson.Default.LeadingQueryOptions),
            Of(DecodingJson.Default.AmateurContrastOptions),
            Of(DecodingJson.Default.InducedContrastOptions),
            Of(DecodingJson.Default.ProxyTuningOptions),
            Of(DecodingJson.Default.DExpertsOptions),
            Of(DecodingJson.Default.ClassConditionalOptions),
            Of(DecodingJson.Default.LayerContrastOptions),
            Of(DecodingJson.Default.LogitsEvolutionOptions),
            Of(DecodingJson.Default.GroundingOptions),
            Of(DecodingJson.Default.RetrievalMarginalizationOptions),
            Of(DecodingJson.Default.ResidualEditOptions)),
        new("processors", typeof(ProcessorOptions),
            Of(DecodingJson.Default.FrequencyPresenceOptions),
            Of(DecodingJson.Default.RepetitionPenaltyOptions),
            Of(DecodingJson.Default.NoRepeatNgramOptions),
            Of(DecodingJson.Default.DryOptions),
            Of(DecodingJson.Default.LogitBiasOptions),
            Of(DecodingJson.Default.BannedSequencesOptions),
            Of(DecodingJson.Default.KgwOptions),
            Of(DecodingJson.Default.SynthIdOptions),
            Of(DecodingJson.Default.PrefixClassifierOptions),
            Of(DecodingJson.Default.CustomProcessorOptions)),
        new("constraints", typeof(ConstraintOptions),
            Of(DecodingJson.Default.PatternOptions),
            Of(DecodingJson.Default.ChoiceOptions),
            Of(DecodingJson.Default.GbnfOptions),
            Of(DecodingJson.Default.LarkOptions),
            Of(DecodingJson.Default.JsonOptions),
            Of(DecodingJson.Default.JsonSchemaOptions),
            Of(DecodingJson.Default.StructuralTagOptions),
            Of(DecodingJson.Default.InfillOptions),
            Of(DecodingJson.Default.CatalogueOptions),
            Of(DecodingJson.Default.SpanCopyOptions),
            Of(DecodingJson.Default.CitationOptions),
            Of(DecodingJson.Default.LexicalOptions),
            Of(DecodingJson.Default.BannedOptions),
            Of(DecodingJson.Default.LabelGuardOptions),
            Of(DecodingJson.Default.AlignedOptions),
            Of(DecodingJson.Default.TokenHealingOptions)),
        new("sampling", typeof(SamplerOptions),
            Of(DecodingJson.Default.SamplingOptions),
            Of(DecodingJson.Default.GreedyOptions),
            Of(DecodingJson.Default.MirostatOptions)),
        new("speculation", typeof(SpeculationOptions),
            Of(DecodingJson.Default.DraftModelOptions),
            Of(DecodingJson.Default.PromptLookupOptions),
            Of(DecodingJson.Default.IidSequencesOptions),
            Of(DecodingJson.Default.GumbelTreeOptions),
            Of(DecodingJson.Default.LayerSkipOptions),
            Of(DecodingJson.Default.LayerParallelOptions),
            Of(DecodingJson.Default.NestedOptions),
            Of(DecodingJson.Default.TrigramSearchOptions),
            Of(DecodingJson.Default.RetrievalOptions),
            Of(DecodingJson.Default.LookaheadOptions),
            Of(DecodingJson.Default.PassageOptions),
            Of(DecodingJson.Default.FusedOptions),
            Of(DecodingJson.Default.LexicalUnitOptions),
            Of(DecodingJson.Default.SuperposedOptions),
            Of(DecodingJson.Default.AutoSpeculationOptions)),
        new("search", typeof(SearchOptions),
            Of(DecodingJson.Default.ContrastiveSearchOptions),
            Of(DecodingJson.Default.LookbackGuidanceOptions),
            Of(DecodingJson.Default.SuperposedDraftsOptions),
            Of(DecodingJson.Default.SmcOptions),
            Of(DecodingJson.Default.LabelBacktrackOptions),
            Of(DecodingJson.Default.BestOfOptions),
            Of(DecodingJson.Default.DealOptions),
            Of(DecodingJson.Default.ArgsOptions),
            Of(DecodingJson.Default.ValueGuidanceOptions),
            Of(DecodingJson.Default.SegmentRerankOptions),
            Of(DecodingJson.Default.MctsOptions),
            Of(DecodingJson.Default.SelfConsistencyOptions),
            Of(DecodingJson.Default.MbrOptions),
            Of(DecodingJson.Default.PromptControllerOptions),
            Of(DecodingJson.Default.BeamOptions),
            Of(DecodingJson.Default.DiverseBeamOptions),
            Of(DecodingJson.Default.StochasticBeamOptions),
            Of(DecodingJson.Default.ConditionalBeamOptions),
            Of(DecodingJson.Default.LexicalBeamOptions),
            Of(DecodingJson.Default.OverTrustBeamOptions),
            Of(DecodingJson.Default.PplmOptions),
            Of(DecodingJson.Default.HsoOptions)),
        new("route", typeof(RouteOptions),
            Of(DecodingJson.Default.EntropySwitchOptions),
            Of(DecodingJson.Default.CollaborationOptions)),
        new("thinking", typeof(ThinkingOptions),
            Of(DecodingJson.Default.ZeroThinkOptions),
            Of(DecodingJson.Default.LessThinkOptions),
            Of(DecodingJson.Default.MoreThinkOptions),
            Of(DecodingJson.Default.ThinkBudgetOptions)),
        new("cache", typeof(CacheOptions)),
    ];

    /// <summary>The parts that strategies of <c>speculation</c> and <c>search</c> are made of: members of theirs that are strategies of their own.</summary>
    public static IReadOnlyList<StrategySlot> Parts { get; } =
    [
        new("verifier", typeof(VerifierOptions),
            Of(DecodingJson.Default.TokenMatchOptions),
            Of(DecodingJson.Default.RejectionOptions),
            Of(DecodingJson.Default.BlockOptions),
            Of(DecodingJson.Default.TraversalOptions),
            Of(DecodingJson.Default.RecursiveRejectionOptions),
            Of(DecodingJson.Default.KSeqOptions),
            Of(DecodingJson.Default.MixedOptions),
            Of(DecodingJson.Default.TypicalOptions),
            Of(DecodingJson.Default.LenientOptions),
            Of(DecodingJson.Default.TopKRatioOptions)),
        new("length", typeof(LengthOptions),
            Of(DecodingJson.Default.FixedLengthOptions),
            Of(DecodingJson.Default.HeuristicLengthOptions),
            Of(DecodingJson.Default.ConfidenceLengthOptions),
            Of(DecodingJson.Default.EntropyLengthOptions),
            Of(DecodingJson.Default.AcceptanceLengthOptions),
            Of(DecodingJson.Default.GoodputLengthOptions),
            Of(DecodingJson.Default.DivergenceLengthOptions)),
        new("reward", typeof(RewardOptions),
            Of(DecodingJson.Default.NamedRewardOptions),
            Of(DecodingJson.Default.KeywordsRewardOptions),
            Of(DecodingJson.Default.LengthRewardOptions),
            Of(DecodingJson.Default.RegexRewardOptions),
            Of(DecodingJson.Default.ReadingLevelRewardOptions),
            Of(DecodingJson.Default.LexiconRewardOptions),
            Of(DecodingJson.Default.JsonRewardOptions)),
    ];

    /// <summary>The member of <see cref="DecodingOptions"/> or of a strategy, as written in JSON.</summary>
    public string Name { get; }

    /// <summary>The kinds of strategy that this slot knows.</summary>
    public IReadOnlyCollection<string> Kinds => _kinds.Keys;

    /// <summary>The slot's abstract record.</summary>
    internal Type Type { get; }

    /// <summary>A strategy with its defaults.</summary>
    internal Strategy? Default(string kind) => _kinds.TryGetValue(kind, out var entry) ? entry.Default : null;

    internal JsonTypeInfo? TypeOf(string kind) => _kinds.TryGetValue(kind, out var entry) ? entry.Type : null;

    internal static StrategySlot Of(Type type) => All.Concat(Parts).First(slot => slot.Type == type);

    private static (Strategy, JsonTypeInfo) Of<T>(JsonTypeInfo<T> type)
        where T : Strategy, new() => (new T(), type);
}
