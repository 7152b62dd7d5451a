using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How options are written: snake_case members, nulls left out, numbers also as texts, unknown members refused. One line per strategy.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LenientBooleanConverter), typeof(ValueListConverter<string>), typeof(ValueListConverter<int>), typeof(ValueListConverter<double>),
        typeof(ValueDictionaryConverter<int, float>), typeof(ValueDictionaryConverter<string, float>)])]
[JsonSerializable(typeof(DecodingOptions))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(float))]
[JsonSerializable(typeof(ContextAwareOptions))]
[JsonSerializable(typeof(AdaptiveContextAwareOptions))]
[JsonSerializable(typeof(EntropyConstrainedContextOptions))]
[JsonSerializable(typeof(GuidanceOptions))]
[JsonSerializable(typeof(LeadingQueryOptions))]
[JsonSerializable(typeof(AmateurContrastOptions))]
[JsonSerializable(typeof(InducedContrastOptions))]
[JsonSerializable(typeof(ProxyTuningOptions))]
[JsonSerializable(typeof(DExpertsOptions))]
[JsonSerializable(typeof(LayerContrastOptions))]
[JsonSerializable(typeof(LogitsEvolutionOptions))]
[JsonSerializable(typeof(GroundingOptions))]
[JsonSerializable(typeof(RetrievalMarginalizationOptions))]
[JsonSerializable(typeof(CitationOptions))]
[JsonSerializable(typeof(FrequencyPresenceOptions))]
[JsonSerializable(typeof(ContrastiveSearchOptions))]
[JsonSerializable(typeof(ResidualEditOptions))]
[JsonSerializable(typeof(LookbackGuidanceOptions))]
[JsonSerializable(typeof(LogitBiasOptions))]
[JsonSerializable(typeof(BannedSequencesOptions))]
[JsonSerializable(typeof(RepetitionPenaltyOptions))]
[JsonSerializable(typeof(NoRepeatNgramOptions))]
[JsonSerializable(typeof(DryOptions))]
[JsonSerializable(typeof(KgwOptions))]
[JsonSerializable(typeof(SynthIdOptions))]
[JsonSerializable(typeof(CustomProcessorOptions))]
[JsonSerializable(typeof(TokenHealingOptions))]
[JsonSerializable(typeof(SamplingOptions))]
[JsonSerializable(typeof(GreedyOptions))]
[JsonSerializable(typeof(MirostatOptions))]
[JsonSerializable(typeof(DraftModelOptions))]
[JsonSerializable(typeof(PromptLookupOptions))]
[JsonSerializable(typeof(TokenMatchOptions))]
[JsonSerializable(typeof(RejectionOptions))]
[JsonSerializable(typeof(FixedLengthOptions))]
[JsonSerializable(typeof(HeuristicLengthOptions))]
[JsonSerializable(typeof(ConfidenceLengthOptions))]
[JsonSerializable(typeof(EntropyLengthOptions))]
[JsonSerializable(typeof(AcceptanceLengthOptions))]
[JsonSerializable(typeof(GoodputLengthOptions))]
[JsonSerializable(typeof(DivergenceLengthOptions))]
internal sealed partial class DecodingJson : JsonSerializerContext;
