using Decant.Connectors.Embedded;
using Decant.Connectors.Models;
using Decant.Connectors.Text;
using Decant.Tests.Decoding.Contrast;
using Decant.Tests.Decoding.Guidance;
using Decant.Tests.Decoding.Speculation;

namespace Decant.Tests.Decoding;

/// <summary>One line per kind of strategy; a kind without a line fails its contract tests.</summary>
internal static class StrategySamples
{
    private const string Named = "named";

    // Texts that no other sample refuses: letters whose ids in the test vocabulary are even.
    private const string Even = "bdfhjlnprtbdfhjlnprt";
    private static readonly ModelConfig _inside = Checkpoint.ReadConfig(EmbeddedModels.Folder(EmbeddedModels.Draft));

    private static readonly VocabularyId _vocabulary = VocabularyId.Of(TextTokenizer.Load(EmbeddedModels.Folder(EmbeddedModels.Draft)));

    // Likes texts that have many different letters.
    private static readonly ValueList<RewardOptions> _rewards = [new NamedRewardOptions { Reward = Named }];

    private static readonly Dictionary<string, StrategySample> _all = new StrategySample[]
    {
        new(new ContextAwareOptions { Alpha = 0.7f, Context = ["a passage", "another"] }, new ContextAwareOptions { Alpha = 6 }),
        new(new AdaptiveContextAwareOptions { MinAlpha = 0.1f, MaxAlpha = 0.4f, DivergenceBase = DivergenceBase.Two, Context = ["a passage"] },
            new AdaptiveContextAwareOptions { MinAlpha = -1 }, new AdaptiveContextAwareOptions { MinAlpha = 1, MaxAlpha = 0.5f }, new AdaptiveContextAwareOptions { DivergenceBase = (DivergenceBase)9 }),
        new(new EntropyConstrainedContextOptions { Alpha = 0.8f, BoundRatio = 3, Context = ["a passage"] }, new EntropyConstrainedContextOptions { Alpha = -1 }, new EntropyConstrainedContextOptions { BoundRatio = 1 }),
        new(new GuidanceOptions { Scale = 2, Unconditional = GuidancePrompt.None }, new GuidanceOptions { Scale = -1 }, new GuidanceOptions { NegativePrompt = "" },
            new GuidanceOptions { NegativePrompt = "a", Unconditional = GuidancePrompt.None }, new GuidanceOptions { Unconditional = (GuidancePrompt)9 }),
        new(new LeadingQueryOptions { Alpha = 0.6f, Plausibility = 0.2f, NeutralQuery = "Which?" }, new LeadingQueryOptions { NeutralQuery = "a", Alpha = 6 }, new LeadingQueryOptions { NeutralQuery = "a", Plausibility = 2 }, new LeadingQueryOptions()),
        new(new AmateurContrastOptions { Model = "small", Coefficient = 0.7f, Temperature = 0.8f, Plausibility = 0.2f, IgnorePrompt = true },
            new AmateurContrastOptions(), new AmateurContrastOptions { Model = "a", Coefficient = -1 }, new AmateurContrastOptions { Model = "a", Temperature = 0 }, new AmateurContrastOptions { Model = "a", Plausibility = 2 }),
        new(new InducedContrastOptions { NegativeSystemPrompt = "Lie.", Beta = 2, Plausibility = 0.2f }, new InducedContrastOptions(), new InducedContrastOptions { NegativeModel = "a", Beta = 11 }, new InducedContrastOptions { NegativeModel = "a", Plausibility = -1 }),
        new(new ProxyTuningOptions { Expert = "tuned", AntiExpert = "untuned", Alpha = 0.5f }, new ProxyTuningOptions { AntiExpert = "a" }, new ProxyTuningOptions { Expert = "a" }, new ProxyTuningOptions { Expert = "a", AntiExpert = "b", Alpha = 5 }),
        new(new DExpertsOptions { Expert = "tuned", AntiExpert = "untuned", Alpha = 1, BaseTopP = 0.8f },
            new DExpertsOptions { AntiExpert = "a" }, new DExpertsOptions { Expert = "a" }, new DExpertsOptions { Expert = "a", AntiExpert = "b", Alpha = 5 }, new DExpertsOptions { Expert = "a", AntiExpert = "b", BaseTopP = 0 }),
        new(new ClassConditionalOptions { Expert = "tuned", AntiExpert = "untuned", PositivePrompt = "Be kind.", NegativePrompt = "Be rude.", Omega = 3, FilterP = 0.9f, TargetP = 0.6f, Bias = 0.5f },
            new ClassConditionalOptions { AntiExpert = "a" }, new ClassConditionalOptions { Expert = "a" }, new ClassConditionalOptions { Expert = "a", AntiExpert = "a" }, new ClassConditionalOptions { Expert = "a", AntiExpert = "b", Omega = -1 },
            new ClassConditionalOptions { Expert = "a", AntiExpert = "b", FilterP = 0 }, new ClassConditionalOptions { Expert = "a", AntiExpert = "b", TargetP = 2 }, new ClassConditionalOptions { Expert = "a", AntiExpert = "b", Bias = float.NaN }),
        new(new LayerContrastOptions { CandidateLayers = [1, 0], ApplyFinalNorm = false, Plausibility = 0.2f, Divergence = LayerDivergence.ReferenceCode },
            new LayerContrastOptions { CandidateLayers = [] }, new LayerContrastOptions { CandidateLayers = [1], Bucket = LayerBucket.Low }, new LayerContrastOptions { Bucket = (LayerBucket)9 },
            new LayerContrastOptions { Plausibility = 2 }, new LayerContrastOptions { Divergence = (LayerDivergence)9 }) { NeedsInside = true },
        new(new LogitsEvolutionOptions { Rate = 1, TopK = 3, Steps = 5, Layers = [0, 1] },
            new LogitsEvolutionOptions { Rate = 6 }, new LogitsEvolutionOptions { TopK = 0 }, new LogitsEvolutionOptions { Steps = 0 }, new LogitsEvolutionOptions { Layers = [] }) { NeedsInside = true },
        new(new GroundingOptions { Grounders = [ContrastKinds.Uniform], Weight = 2, Floor = 0.1f, Candidates = 20 },
            new GroundingOptions(), new GroundingOptions { Grounders = ["a"], Weight = -1 }, new GroundingOptions { Grounders = ["a"], Floor = 2 }, new GroundingOptions { Grounders = ["a"], Candidates = 0 }),
        new(new RetrievalMarginalizationOptions { Contexts = 2, Temperature = 0.5 }, new RetrievalMarginalizationOptions { Contexts = 0 }, new RetrievalMarginalizationOptions { Temperature = 0 }),
        new(new FrequencyPresenceOptions { Frequency = 0.5f, Presence = -1 }, new FrequencyPresenceOptions { Frequency = 3 }, new FrequencyPresenceOptions { Presence = float.NaN }) { Neutral = new FrequencyPresenceOptions() },
        new(new LogitBiasOptions { Tokens = new Dictionary<int, float> { [7] = 3, [30] = -100 }, Texts = new Dictionary<string, float> { ["a"] = 2, [":"] = 1 } },
            new LogitBiasOptions { Tokens = new Dictionary<int, float> { [-1] = 0 } }, new LogitBiasOptions { Tokens = new Dictionary<int, float> { [1] = 101 } }, new LogitBiasOptions { Texts = new Dictionary<string, float> { [""] = 1 } },
            new LogitBiasOptions { Texts = new Dictionary<string, float> { ["a"] = float.NaN } }) { Neutral = new LogitBiasOptions { Tokens = new Dictionary<int, float> { [7] = 0 } } },
        new(new BannedSequencesOptions { Texts = ["ab", "he\n"], Bias = -7 }, new BannedSequencesOptions { Texts = ["a", ""] }, new BannedSequencesOptions { Bias = 1 }, new BannedSequencesOptions { Bias = -101 })
            { Neutral = new BannedSequencesOptions { Texts = ["ab"], Bias = 0 } },
        new(new RepetitionPenaltyOptions { Penalty = 1.3f, Window = 5 }, new RepetitionPenaltyOptions { Penalty = 0 }, new RepetitionPenaltyOptions { Penalty = float.NaN }, new RepetitionPenaltyOptions { Window = 0 })
            { Neutral = new RepetitionPenaltyOptions() },
        new(new NoRepeatNgramOptions { Size = 2 }, new NoRepeatNgramOptions { Size = 0 }),
        new(new DryOptions { Multiplier = 1.5f, Base = 2, AllowedLength = 1, Breakers = ["z"] }, new DryOptions { Multiplier = -1 }, new DryOptions { Base = 0.5f }, new DryOptions { AllowedLength = 0 }, new DryOptions { Breakers = [""] })
            { Neutral = new DryOptions { Multiplier = 0 } },
        new(new KgwOptions { Key = "secret", Gamma = 0.25, Delta = 3 }, new KgwOptions(), new KgwOptions { Key = "k", Gamma = 1 }, new KgwOptions { Key = "k", Delta = -1 }) { Neutral = new KgwOptions { Key = "secret", Delta = 0 } },
        new(new SynthIdOptions { Key = "secret", NgramLen = 3, Depth = 10 }, new SynthIdOptions(), new SynthIdOptions { Key = "k", NgramLen = 1 }, new SynthIdOptions { Key = "k", Depth = 65 }),
        new(new PrefixClassifierOptions { Classifier = Named, Lambda = 2, TopK = 9, Target = false },
            new PrefixClassifierOptions(), new PrefixClassifierOptions { Classifier = "a", Lambda = -1 }, new PrefixClassifierOptions { Classifier = "a", TopK = 0 }) { Neutral = new PrefixClassifierOptions { Classifier = Named, Lambda = 0 } },
        new(new CustomProcessorOptions { Name = "count" }, new CustomProcessorOptions()) { Neutral = new CustomProcessorOptions { Name = "nothing" } },
        new(new CatalogueOptions { Items = [Even, Even + "a"] }, new CatalogueOptions(), new CatalogueOptions { Items = ["a", ""] }, new CatalogueOptions { Items = ["a"], Name = "b" }, new CatalogueOptions { Name = "" }),
        new(new BannedOptions { Phrases = ["fo", "x"], Patterns = ["(?i)a\\d+"], IgnoreCase = true }, new BannedOptions { Phrases = [""] }, new BannedOptions { Patterns = [""] }),
        new(new LexicalOptions { Clauses = [["hj", "HJ"], ["ln"]], Excluded = ["xy"] }, new LexicalOptions { Clauses = [[]] }, new LexicalOptions { Clauses = [["a", ""]] }, new LexicalOptions { Excluded = [""] },
            new LexicalOptions { Clauses = [.. Enumerable.Repeat<ValueList<string>>(["a"], 17)] }, new LexicalOptions { Excluded = [new string('a', 10_001)] }),
        new(new SpanCopyOptions { Words = [Even, "d"], Separator = "-", Labels = ["PER", "LOC"] },
            new SpanCopyOptions(), new SpanCopyOptions { Labels = [""] }, new SpanCopyOptions { Labels = ["a/b"] }, new SpanCopyOptions { Labels = ["L"], Words = [""] }, new SpanCopyOptions { Labels = ["L"], Words = ["<", "/L>"], Separator = "" }),
        new(new LabelGuardOptions { Labels = ["aa", "cc"], Mode = LabelGuardMode.Detect, Threshold = 0.1 },
            new LabelGuardOptions(), new LabelGuardOptions { Labels = [""] }, new LabelGuardOptions { Labels = ["a"], Mode = (LabelGuardMode)9 }, new LabelGuardOptions { Labels = ["a"], Threshold = 0.5 }, new LabelGuardOptions { Labels = ["a"], Mode = LabelGuardMode.Detect, Threshold = 0 }),
        new(new AlignedOptions { Learn = false, MaxNodes = 9 }, new AlignedOptions { MaxNodes = 0 }),
        new(new SmcOptions { Particles = 3, Beam = 2 }, new SmcOptions { Particles = 0 }, new SmcOptions { Beam = 65 }, new SmcOptions { EssThreshold = 2 }, new SmcOptions { Beam = 2, EssThreshold = 0.5 }),
        new(new LabelBacktrackOptions { Labels = ["aa", "b"], Threshold = 0.1, ChunkSize = 3, MaxBacktracks = 2 },
            new LabelBacktrackOptions(), new LabelBacktrackOptions { Labels = [""] }, new LabelBacktrackOptions { Labels = ["a"], Threshold = 0 }, new LabelBacktrackOptions { Labels = ["a"], ChunkSize = 0 }, new LabelBacktrackOptions { Labels = ["a"], MaxBacktracks = 0 }),
        new(new TokenHealingOptions { MaxTokens = 2 }, new TokenHealingOptions { MaxTokens = 0 }, new TokenHealingOptions { MaxTokens = 17 }),
        new(new SamplingOptions { Temperature = 0.5f, TopK = 9, TopP = 0.9f, MinP = 0.01f, TypicalP = 0.95f, Eta = 0.001f, TopNSigma = 2, XtcProbability = 0.5f, XtcThreshold = 0.2f, Seed = 3 },
            new SamplingOptions { Temperature = -1 }, new SamplingOptions { TopK = 0 }, new SamplingOptions { TopP = 0 }, new SamplingOptions { MinP = 2 }, new SamplingOptions { TypicalP = 0 }, new SamplingOptions { Eta = -1 },
            new SamplingOptions { TopNSigma = 0 }, new SamplingOptions { XtcProbability = 2 }, new SamplingOptions { XtcProbability = 1, XtcThreshold = 0.6f }, new SamplingOptions { XtcThreshold = 0.2f })
            { Neutral = new SamplingOptions { Temperature = 1, TopP = 1, MinP = 0, TypicalP = 1, Eta = 0, XtcProbability = 0 } },
        new(new GreedyOptions { Seed = 3 }),
        new(new MirostatOptions { Version = 1, Tau = 3, Eta = 0.5, SurpriseFrom = SurpriseSource.Renormalized, Temperature = 0.7f, Seed = 3 },
            new MirostatOptions { Version = 3 }, new MirostatOptions { Tau = 0 }, new MirostatOptions { Eta = 2 }, new MirostatOptions { SurpriseFrom = (SurpriseSource)9 }, new MirostatOptions { Temperature = 0 }),
        new(new ResidualEditOptions { Layer = 2, DirectionName = Named, Scale = 0.5f },
            new ResidualEditOptions(), new ResidualEditOptions { Direction = [1], DirectionName = "d" }, new ResidualEditOptions { Direction = [0, 0] }, new ResidualEditOptions { DirectionName = "d", Layer = -1 },
            new ResidualEditOptions { DirectionName = "d", Scale = 101 }) { NeedsInside = true },
        new(new ContrastiveSearchOptions { Alpha = 0.4f, TopK = 3, Window = 64 },
            new ContrastiveSearchOptions { Alpha = 1.1f }, new ContrastiveSearchOptions { Alpha = float.NaN }, new ContrastiveSearchOptions { TopK = 0 }, new ContrastiveSearchOptions { Window = 0 }) { NeedsInside = true },
        new(new LookbackGuidanceOptions { Classifier = Named, ChunkSize = 4, Candidates = 3 },
            new LookbackGuidanceOptions(), new LookbackGuidanceOptions { Classifier = "c", ChunkSize = 0 }, new LookbackGuidanceOptions { Classifier = "c", Candidates = 0 }) { NeedsInside = true },
        new(new SuperposedDraftsOptions { Drafts = 2, MaxTokens = 4, Temperature = 0.5, Candidates = 5, Corpus = Named, Alpha = 0.4, NgramWeights = [0.2, 0.3], MissPenalty = 20 },
            new SuperposedDraftsOptions { Drafts = 11 }, new SuperposedDraftsOptions { MaxTokens = 0 }, new SuperposedDraftsOptions { Temperature = 0 }, new SuperposedDraftsOptions { Candidates = 2 }, new SuperposedDraftsOptions { Corpus = "" },
            new SuperposedDraftsOptions { Corpus = "c", Alpha = 2 }, new SuperposedDraftsOptions { Alpha = 0.5 }, new SuperposedDraftsOptions { NgramWeights = [] }, new SuperposedDraftsOptions { NgramWeights = [-1] }, new SuperposedDraftsOptions { MissPenalty = -1 }) { NeedsInside = true },
        new(new BeamOptions { Beams = 3, LengthPenalty = 0.5, EarlyStopping = EarlyStopping.Never, Results = 2 },
            new BeamOptions { Beams = 0 }, new BeamOptions { Beams = 65 }, new BeamOptions { LengthPenalty = 11 }, new BeamOptions { EarlyStopping = (EarlyStopping)9 }, new BeamOptions { Results = 5 }),
        new(new DiverseBeamOptions { Beams = 4, Groups = 2, Diversity = 0.7, LengthPenalty = 0.5, EarlyStopping = EarlyStopping.First, Results = 3 },
            new DiverseBeamOptions { Beams = 65, Groups = 1 }, new DiverseBeamOptions { Groups = 4 }, new DiverseBeamOptions { Groups = 0 }, new DiverseBeamOptions { Diversity = -1 }, new DiverseBeamOptions { LengthPenalty = double.NaN },
            new DiverseBeamOptions { EarlyStopping = (EarlyStopping)9 }, new DiverseBeamOptions { Results = 0 }),
        new(new StochasticBeamOptions { K = 3 }, new StochasticBeamOptions { K = 0 }, new StochasticBeamOptions { K = 65 }),
        new(new ConditionalBeamOptions { Beams = 3, Alpha = 0.5, Rewards = [new NamedRewardOptions { Reward = Named, Threshold = 2 }] },
            new ConditionalBeamOptions(), new ConditionalBeamOptions { Rewards = [.. _rewards, .. _rewards] }, new ConditionalBeamOptions { Rewards = _rewards, Beams = 65 }, new ConditionalBeamOptions { Rewards = _rewards, Alpha = -1 }),
        new(new LexicalBeamOptions { Clauses = [["b", "d"], ["ff"]], Excluded = ["hh"], Beams = 4, Prune = 30, SatTolerance = 1, PhraseWeight = 0.2, Lookahead = 2, LookaheadMode = LookaheadMode.Beam, Alpha = 0.5 },
            new LexicalBeamOptions(), new LexicalBeamOptions { Clauses = [["a", ""]] }, new LexicalBeamOptions { Clauses = [[new string('a', 2001)]] }, new LexicalBeamOptions { Clauses = [["a"]], Excluded = [""] },
            new LexicalBeamOptions { Clauses = [["a"]], Beams = 0 }, new LexicalBeamOptions { Clauses = [["a"]], Prune = 19 }, new LexicalBeamOptions { Clauses = [["a"]], Banks = true, Prune = 50 },
            new LexicalBeamOptions { Clauses = [["a"]], SatTolerance = 17 }, new LexicalBeamOptions { Clauses = [["a"]], Banks = true, SatTolerance = 2 }, new LexicalBeamOptions { Clauses = [["a"]], PhraseWeight = -1 },
            new LexicalBeamOptions { Clauses = [["a"]], Banks = true, PhraseWeight = 1 }, new LexicalBeamOptions { Clauses = [["a"]], Lookahead = 11 }, new LexicalBeamOptions { Clauses = [["a"]], Banks = true, Lookahead = 1 },
            new LexicalBeamOptions { Clauses = [["a"]], LookaheadMode = LookaheadMode.Greedy }, new LexicalBeamOptions { Clauses = [["a"]], Alpha = 1 }, new LexicalBeamOptions { Clauses = [["a"]], Lookahead = 1, Alpha = -1 }),
        new(new OverTrustBeamOptions { Beams = 2, Candidates = 3, ScaleFactor = 40, Threshold = 5, PenaltyWeight = 2, MaxRollbacks = 3, InitialDocumentTokens = 4 },
            new OverTrustBeamOptions { Beams = 65 }, new OverTrustBeamOptions { Candidates = 0 }, new OverTrustBeamOptions { ScaleFactor = 0 }, new OverTrustBeamOptions { Threshold = 0 }, new OverTrustBeamOptions { PenaltyWeight = double.NaN },
            new OverTrustBeamOptions { MaxRollbacks = -1 }, new OverTrustBeamOptions { InitialDocumentTokens = 1001 }) { NeedsInside = true },
        new(new DealOptions { Rewards = _rewards, TopK = 3, CandidateProbability = 0.001, Lookahead = 3, Keep = 2, RewardWeight = 2, BlockTokens = 2, TargetReward = 50, Rollouts = RolloutKind.Plan, AlignmentPrompt = "Be good." },
            new DealOptions(), new DealOptions { Rewards = _rewards, TopK = 65 }, new DealOptions { Rewards = _rewards, CandidateProbability = 1.1 }, new DealOptions { Rewards = _rewards, Lookahead = 129 }, new DealOptions { Rewards = _rewards, Keep = 0 },
            new DealOptions { Rewards = _rewards, RewardWeight = -1 }, new DealOptions { Rewards = _rewards, BlockTokens = 6 }, new DealOptions { Rewards = _rewards, TargetReward = double.NaN }, new DealOptions { Rewards = _rewards, Rollouts = (RolloutKind)9 }, new DealOptions { Rewards = _rewards, AlignmentPrompt = "" }),
        new(new ArgsOptions { Rewards = _rewards, RewardWeight = 2, TopK = 5 }, new ArgsOptions(), new ArgsOptions { Rewards = _rewards, RewardWeight = -1 }, new ArgsOptions { Rewards = _rewards, TopK = 0 }),
        new(new ValueGuidanceOptions { Rewards = _rewards, Block = 2, Candidates = 3 }, new ValueGuidanceOptions(), new ValueGuidanceOptions { Rewards = _rewards, Block = -1 }, new ValueGuidanceOptions { Rewards = _rewards, Lambda = -1 }, new ValueGuidanceOptions { Rewards = _rewards, TopK = 0 }, new ValueGuidanceOptions { Rewards = _rewards, Lambda = 1, Block = 2 },
            new ValueGuidanceOptions { Rewards = _rewards, TopK = 5, Block = 2 }, new ValueGuidanceOptions { Rewards = _rewards, Candidates = 2 }, new ValueGuidanceOptions { Rewards = _rewards, Candidates = 257, Block = 2 }),
        new(new SegmentRerankOptions { Rewards = _rewards, Beams = 3, Samples = 2, SegmentTokens = 3 }, new SegmentRerankOptions(), new SegmentRerankOptions { Rewards = _rewards, Beams = 0 }, new SegmentRerankOptions { Rewards = _rewards, Samples = 0 }, new SegmentRerankOptions { Rewards = _rewards, SegmentTokens = 0 }),
        new(new MctsOptions { Rewards = _rewards, Width = 2, Simulations = 12, C = 2, CBase = 20, Backup = MctsBackup.Mean, Rollouts = RolloutKind.Plan, Horizon = 6 },
            new MctsOptions(), new MctsOptions { Rewards = _rewards, Width = 0 }, new MctsOptions { Rewards = _rewards, Simulations = 4097 }, new MctsOptions { Rewards = _rewards, C = -1 }, new MctsOptions { Rewards = _rewards, CBase = 0 },
            new MctsOptions { Rewards = _rewards, Backup = (MctsBackup)9 }, new MctsOptions { Rewards = _rewards, Rollouts = (RolloutKind)9 }, new MctsOptions { Rewards = _rewards, Horizon = 0 }),
        new(new SelfConsistencyOptions { N = 3, Extract = "(.)$", Results = 2 },
            new SelfConsistencyOptions { N = 1 }, new SelfConsistencyOptions { Extract = "a" }, new SelfConsistencyOptions { Extract = "(" }, new SelfConsistencyOptions { Extract = "(?=(a))" }, new SelfConsistencyOptions { Results = 9 }),
        new(new MbrOptions { N = 3, Utility = MbrUtility.TokenF1, Results = 2 }, new MbrOptions { N = 257 }, new MbrOptions { Utility = (MbrUtility)9 }, new MbrOptions { Results = 0 }),
        new(new PromptControllerOptions { Prompts = ["Be brief.", "Be kind."], Eta = 3, UpdateEvery = 3, Rewards = _rewards },
            new PromptControllerOptions { Prompts = ["a", "b"] }, new PromptControllerOptions { Prompts = ["a"], Rewards = _rewards }, new PromptControllerOptions { Prompts = ["a", "a"], Rewards = _rewards },
            new PromptControllerOptions { Prompts = ["a", "b"], Eta = -1, Rewards = _rewards }, new PromptControllerOptions { Prompts = ["a", "b"], UpdateEvery = 0, Rewards = _rewards }),
        new(new BestOfOptions { N = 3, Results = 2, Beta = 0.5, Worst = true, Rewards = [.. _rewards, new LengthRewardOptions { Max = 2, Unit = LengthUnit.Characters, Calibration = new CalibrationOptions(2) }] }, new BestOfOptions(), new BestOfOptions { Rewards = _rewards, Beta = 0 }, new BestOfOptions { Rewards = _rewards, Beta = double.NaN }, new BestOfOptions { Rewards = _rewards, N = 257 }, new BestOfOptions { Rewards = _rewards, Results = 5 }),
        new(new PplmOptions { Words = ["a", "ab"], Head = Named, Steps = 2, StepSize = 0.1, Gamma = 1, GmScale = 0.8f, KlScale = 0.1, TopK = 12 },
            new PplmOptions(), new PplmOptions { Words = [""] }, new PplmOptions { Words = ["a"], Head = "" }, new PplmOptions { Words = ["a"], Steps = -1 }, new PplmOptions { Words = ["a"], StepSize = 0 }, new PplmOptions { Words = ["a"], Gamma = 5 },
            new PplmOptions { Words = ["a"], GmScale = 2 }, new PplmOptions { Words = ["a"], KlScale = -1 }, new PplmOptions { Words = ["a"], TopK = 0 }) { NeedsGradients = true },
        new(new HsoOptions { Chunk = 3, LearningRate = 0.1, Steps = 2 }, new HsoOptions { Chunk = 0 }, new HsoOptions { LearningRate = 0 }, new HsoOptions { Steps = 101 }) { NeedsGradients = true },
        new(new DraftModelOptions { Model = Named, MaxTokens = 3, Verifier = new RejectionOptions(), Length = new FixedLengthOptions { Tokens = 2 }, Require = Guarantee.GreedyEqual, MaxNodes = 7, Forced = false },
            new DraftModelOptions(), new DraftModelOptions { Model = "a", MaxTokens = 0 }, new DraftModelOptions { Model = "a", MaxNodes = 257 }, new DraftModelOptions { Model = "a", Require = (Guarantee)9 }),
        new(new PromptLookupOptions { MaxNgram = 4, MinNgram = 2, MaxTokens = 3, Match = MatchPolicy.First, Candidates = 2, Verifier = new TokenMatchOptions { ShareNoise = false }, Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new PromptLookupOptions { MaxNgram = 9 }, new PromptLookupOptions { MinNgram = 4 }, new PromptLookupOptions { MaxTokens = 65 }, new PromptLookupOptions { Candidates = 9 }, new PromptLookupOptions { Match = (MatchPolicy)9 }),
        new(new IidSequencesOptions { Model = Named, Sequences = 3, MaxTokens = 2, Verifier = new KSeqOptions { BisectionSteps = 20 }, Length = new FixedLengthOptions { Tokens = 3 }, Require = Guarantee.GreedyEqual, MaxNodes = 7, Forced = false },
            new IidSequencesOptions(), new IidSequencesOptions { Model = "a", Sequences = 17 }, new IidSequencesOptions { Model = "a", MaxTokens = 0 }),
        new(new GumbelTreeOptions { Model = Named, BeamWidth = 3, Depth = 2, Verifier = new TraversalOptions(), Length = new FixedLengthOptions { Tokens = 3 }, Require = Guarantee.GreedyEqual, MaxNodes = 7, Forced = false },
            new GumbelTreeOptions(), new GumbelTreeOptions { Model = "a", Branching = [] }, new GumbelTreeOptions { Model = "a", Branching = [17] }, new GumbelTreeOptions { Model = "a", BeamWidth = 0 },
            new GumbelTreeOptions { Model = "a", BeamWidth = 2, Branching = [2] }, new GumbelTreeOptions { Model = "a", BeamWidth = 2, Depth = 17 }, new GumbelTreeOptions { Model = "a", Depth = 2 }),
        new(new LayerSkipOptions { SkipAttention = [2], SkipMlp = [1], ExitLayer = 2, Search = true, SkipRatio = 0.3, MaxTokens = 3, StopConfidence = 0.1, Verifier = new TokenMatchOptions { ShareNoise = false }, Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new LayerSkipOptions(), new LayerSkipOptions { SkipAttention = [0] }, new LayerSkipOptions { SkipMlp = [0] }, new LayerSkipOptions { ExitLayer = 0 }, new LayerSkipOptions { Search = true, SkipRatio = 0 },
            new LayerSkipOptions { Search = true, MaxTokens = 65 }, new LayerSkipOptions { Search = true, StopConfidence = 1.1 }) { NeedsInside = true },
        new(new LayerParallelOptions { Model = Named, GroupSize = 2, Calibrate = false, MaxTokens = 3, Verifier = new TokenMatchOptions { ShareNoise = false }, Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new LayerParallelOptions(), new LayerParallelOptions { Model = "a", GroupSize = 9 }, new LayerParallelOptions { Model = "a", MaxTokens = 65 }) { NeedsInside = true },
        new(new NestedOptions { Exits = [1, 2], Thresholds = [0.2, 0], MaxTokens = 3, Verifier = new TokenMatchOptions { ShareNoise = false }, Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new NestedOptions(), new NestedOptions { Exits = [2, 1], Thresholds = [0, 0] }, new NestedOptions { Exits = [1], Thresholds = [2] }, new NestedOptions { Exits = [1], Thresholds = [0], MaxTokens = 65 }) { NeedsInside = true },
        new(new TrigramSearchOptions { Table = Named, SuccessorsKept = 6, UpdateStep = 0.1, UpdateCap = 2, UpdateWindow = 8, Iterations = 40, Depth = 3, Paths = 10, C1 = 20, C2 = 4, Seed = 3,
            Verifier = new TokenMatchOptions(), Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 20, Forced = false },
            new TrigramSearchOptions { SuccessorsKept = 0 }, new TrigramSearchOptions { UpdateStep = 2 }, new TrigramSearchOptions { UpdateCap = 0 }, new TrigramSearchOptions { UpdateWindow = 2 }, new TrigramSearchOptions { Iterations = 0 },
            new TrigramSearchOptions { Depth = 13 }, new TrigramSearchOptions { Paths = 0 }, new TrigramSearchOptions { C1 = -1 }, new TrigramSearchOptions { C2 = 0 }) { NeedsInside = true },
        new(new RetrievalOptions { Store = Named, MaxSuffix = 4, MinSuffix = 1, MaxContinuation = 3, Verifier = new TokenMatchOptions(), Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new RetrievalOptions(), new RetrievalOptions { Store = "s", MaxSuffix = 65 }, new RetrievalOptions { Store = "s", MinSuffix = 17 }, new RetrievalOptions { Store = "s", MaxContinuation = 0 }) { NeedsInside = true },
        new(new LookaheadOptions { Level = 3, Window = 4, Guesses = 2, PoolFromPrompt = true, Verifier = new TokenMatchOptions(), Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 20, Forced = false },
            new LookaheadOptions { Level = 1 }, new LookaheadOptions { Window = 0 }, new LookaheadOptions { Guesses = 0 }),
        new(new PassageOptions { MinNgram = 1, MaxTokens = 3, Verifier = new TokenMatchOptions(), Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new PassageOptions { MinNgram = 0 }, new PassageOptions { MaxTokens = 65 }),
        new(new FusedOptions { Primary = new DraftModelOptions { Model = Named, MaxTokens = 2 }, Secondary = new PromptLookupOptions { Candidates = 2 }, PruneTopK = 5,
            Verifier = new TokenMatchOptions(), Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new FusedOptions(), new FusedOptions { Primary = new PromptLookupOptions() }, new FusedOptions { Primary = new PromptLookupOptions(), Secondary = new LookaheadOptions(), PruneTopK = 0 },
            new FusedOptions { Primary = new PromptLookupOptions { Verifier = new TokenMatchOptions() }, Secondary = new LookaheadOptions() }, new FusedOptions { Primary = new PromptLookupOptions(), Secondary = new LookaheadOptions { Length = new FixedLengthOptions() } },
            new FusedOptions { Primary = new PromptLookupOptions { Require = Guarantee.Lossy }, Secondary = new LookaheadOptions() }, new FusedOptions { Primary = new PromptLookupOptions(), Secondary = new LookaheadOptions { Forced = false } }),
        new(new LexicalUnitOptions { Window = 3, Beta = 0.5, PadId = 0, Verifier = new TokenMatchOptions(), Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new LexicalUnitOptions(), new LexicalUnitOptions { PadId = -1 }, new LexicalUnitOptions { PadId = 1, Window = 17 }, new LexicalUnitOptions { PadId = 1, Beta = 2 }),
        new(new SuperposedOptions { Model = Named, Drafts = 2, MaxTokens = 3, Temperature = 0.5, Verifier = new TokenMatchOptions(), Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new SuperposedOptions(), new SuperposedOptions { Model = "a", Drafts = 11 }, new SuperposedOptions { Model = "a", MaxTokens = 65 }, new SuperposedOptions { Model = "a", Temperature = 0 }),
        new(new AutoSpeculationOptions { Drafters = [new PromptLookupOptions { MaxTokens = 4 }, new DraftModelOptions { Model = Named }], Lengths = [3], Verifier = new TokenMatchOptions { ShareNoise = false }, Length = new FixedLengthOptions(), Require = Guarantee.Lossy, MaxNodes = 9, Forced = false },
            new AutoSpeculationOptions { Model = "" }, new AutoSpeculationOptions { Model = "a", Drafters = [new PromptLookupOptions()] }, new AutoSpeculationOptions { Drafters = [] }, new AutoSpeculationOptions { Lengths = [] },
            new AutoSpeculationOptions { Lengths = [65] }, new AutoSpeculationOptions { Drafters = [new AutoSpeculationOptions()] }, new AutoSpeculationOptions { Drafters = [new PromptLookupOptions { MaxNodes = 3 }] }),
        new(new EntropySwitchOptions { Small = Named, Window = 3, Threshold = 5.5, MinStay = 2, StartWith = RouteStart.Small },
            new EntropySwitchOptions(), new EntropySwitchOptions { Small = "a", Window = 0 }, new EntropySwitchOptions { Small = "a", Threshold = 65 }, new EntropySwitchOptions { Small = "a", MinStay = 0 }, new EntropySwitchOptions { Small = "a", StartWith = (RouteStart)9 }),
        new(new CollaborationOptions { Small = Named, Router = CollaborationRouter.Svm, Threshold = 0.3, Classifier = Named, Method = CollaborationMethod.Proxy, Beta = 0.7f, Plausibility = 0.2f, Alpha = 0.8f, Drafts = 3, Untuned = "untuned" },
            new CollaborationOptions(), new CollaborationOptions { Small = "a", Router = (CollaborationRouter)9 }, new CollaborationOptions { Small = "a", Threshold = 2 }, new CollaborationOptions { Small = "a", Router = CollaborationRouter.Svm },
            new CollaborationOptions { Small = "a", Classifier = "c" }, new CollaborationOptions { Small = "a", Method = (CollaborationMethod)9 }, new CollaborationOptions { Small = "a", Beta = 6 }, new CollaborationOptions { Small = "a", Plausibility = 2 },
            new CollaborationOptions { Small = "a", Alpha = 6 }, new CollaborationOptions { Small = "a", Drafts = 65 }, new CollaborationOptions { Small = "a", Method = CollaborationMethod.Proxy }, new CollaborationOptions { Small = "a", Untuned = "u" }),
        new(new StructuralTagOptions { Tags = [new StructuralTag("b", new PatternOptions { Pattern = "[a-t]{19}" }, "d"), new StructuralTag("f")], Triggers = ["b", "f"], Separator = ", ", AtLeastOne = true, MaxTags = 3, StopAfterFirst = true },
            new StructuralTagOptions(), new StructuralTagOptions { Tags = [new StructuralTag()] }, new StructuralTagOptions { Tags = [new StructuralTag("a")], Triggers = [""] }, new StructuralTagOptions { Tags = [new StructuralTag("a")], MaxTags = 1001 },
            new StructuralTagOptions { Tags = [new StructuralTag("a", new TokenHealingOptions())] }, new StructuralTagOptions { Tags = [new StructuralTag("a")], AtLeastOne = true, MaxTags = 0 }),
        new(new JsonOptions { ObjectOnly = true, Whitespace = JsonWhitespace.Flexible }, new JsonOptions { Whitespace = (JsonWhitespace)9 }) { NeedsInside = true },
        new(new JsonSchemaOptions { Schema = """{"type":"integer"}""", Whitespace = JsonWhitespace.Flexible, PropertyOrder = JsonPropertyOrder.Any, Numbers = JsonNumberForm.Any, EnforceFormats = false, Lenient = true, Documents = new Dictionary<string, string> { ["https://example.com/a"] = "true" } },
            new JsonSchemaOptions(), new JsonSchemaOptions { Schema = "true", Whitespace = (JsonWhitespace)9 }, new JsonSchemaOptions { Schema = "true", PropertyOrder = (JsonPropertyOrder)9 }, new JsonSchemaOptions { Schema = "true", Numbers = (JsonNumberForm)9 },
            new JsonSchemaOptions { Schema = "true", Documents = new Dictionary<string, string> { ["a"] = "true" } }) { NeedsInside = true },
        new(new CitationOptions { Passages = 3, Required = false }, new CitationOptions { Passages = 0 }, new CitationOptions { Passages = 1000 }),
        new(new PatternOptions { Pattern = "(?s).+" }, new PatternOptions(), new PatternOptions { Pattern = "" }),
        new(new ChoiceOptions { Choices = [Even, "d" + Even] }, new ChoiceOptions(), new ChoiceOptions { Choices = ["a", ""] }),
        new(new GbnfOptions { Grammar = "root ::= .+" }, new GbnfOptions(), new GbnfOptions { Grammar = " " }),
        new(new LarkOptions { Grammar = "start: /.+/s" }, new LarkOptions(), new LarkOptions { Grammar = " " }),
        new(new InfillOptions { Suffix = "ab", JoinLength = 1 }, new InfillOptions(), new InfillOptions { Suffix = "" }, new InfillOptions { Suffix = "a", JoinLength = 0 }, new InfillOptions { Suffix = "a", JoinLength = 1001 }),
        new(new ZeroThinkOptions { Inside = " ", Behind = "\n" }, new ZeroThinkOptions { Inside = "a" }, new ZeroThinkOptions { Behind = "a" }),
        new(new LessThinkOptions { Sentence = "the cab", Inside = " ", Behind = "\n" }, new LessThinkOptions { Sentence = "" }, new LessThinkOptions { Inside = "a" }),
        new(new MoreThinkOptions { Budget = 6, MaxExtensions = 2, Cues = ["the", "bc a"], MinTokens = 4, Inside = "", Behind = "\n" },
            new MoreThinkOptions { Budget = 0 }, new MoreThinkOptions { MaxExtensions = 0 }, new MoreThinkOptions { Cues = [] }, new MoreThinkOptions { Cues = ["a", ""] }, new MoreThinkOptions { MinTokens = 0 },
            new MoreThinkOptions { Budget = 5, MinTokens = 6 }, new MoreThinkOptions { Inside = "a" }),
        new(new ThinkBudgetOptions { Max = 4, Min = 1, Ending = "the", Inside = "", Behind = "" }, new ThinkBudgetOptions { Max = 0 }, new ThinkBudgetOptions { Min = -1 }, new ThinkBudgetOptions { Max = 5, Min = 6 }, new ThinkBudgetOptions { Behind = "a" }),
    }.ToDictionary(sample => sample.Changed.Kind);

    /// <summary>What the samples name. What belongs to a model's inside belongs to the draft model's.</summary>
    public static DecodingServices Services { get; } = Serve(VocabularyId.Of(TestVocabulary.Standard));

    /// <summary>The same where the draft model's vocabulary is in use.</summary>
    public static DecodingServices InsideServices { get; } = Serve(_vocabulary);

    private static DecodingServices Serve(VocabularyId vocabulary) => new DecodingServices()
        .Add(Named, TestClassifier.Of(vocabulary))
        .Add<ProcessorFactory>("count", _ => new CountingProcessor(1))
        .Add<ProcessorFactory>("nothing", _ => new CountingProcessor(0))
        .Add<ITokenGrounder>(ContrastKinds.Uniform, ContrastKinds.Grounder)
        .Add<IReward>(Named, new DelegateReward(text => text.Distinct().Count()))
        .Add(Named, new LinearHead([.. Enumerable.Range(0, TestVocabulary.Standard.Count).Select(i => Math.Sin(i))], 0))
        .Add(Named, new TrigramTable(_vocabulary))
        .Add(Named, TestStore.Of(_vocabulary))
        .Add(Named, new ResidualDirection([.. Enumerable.Range(1, _inside.HiddenSize).Select(i => MathF.Sin(i))]))
        .Add(Named, new RouteClassifier([[0.9, 0.05, 0, 0, 0, 0, 0, 0, 0, 0]], [-1], 0.9, 30))
        .Add(Named, new LookbackClassifier(_inside.LayerCount, _inside.HeadCount, [.. Enumerable.Range(1, _inside.LayerCount * _inside.HeadCount).Select(i => Math.Sin(i))], 0));

    /// <summary>Every kind that the registry knows.</summary>
    public static IEnumerable<string> Kinds => StrategySlot.All.SelectMany(slot => slot.Kinds);

    public static StrategySample Of(string kind) => _all.TryGetValue(kind, out var sample) ? sample : throw new ArgumentException($"The strategy \"{kind}\" has no line in StrategySamples: add one.");
}
