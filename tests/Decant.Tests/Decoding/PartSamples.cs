namespace Decant.Tests.Decoding;

/// <summary>One line per kind of part (<see cref="StrategySlot.Parts"/>); a kind without a line fails its contract tests. Parts without members are their own sample.</summary>
internal static class PartSamples
{
    private static readonly Dictionary<string, StrategySample> _all = new StrategySample[]
    {
        new(new TokenMatchOptions { ShareNoise = false }),
        new(new RejectionOptions()),
        new(new BlockOptions()),
        new(new TraversalOptions()),
        new(new RecursiveRejectionOptions()),
        new(new KSeqOptions { BisectionSteps = 20 }, new KSeqOptions { BisectionSteps = 0 }, new KSeqOptions { BisectionSteps = 61 }),
        new(new MixedOptions()),
        new(new TypicalOptions { Threshold = 0.2, Alpha = 0.5 }, new TypicalOptions { Threshold = 1.1 }, new TypicalOptions { Threshold = double.NaN }, new TypicalOptions { Alpha = -1 }),
        new(new LenientOptions { Epsilon = 0.25, Form = LenienceForm.Power }, new LenientOptions { Epsilon = 0 }, new LenientOptions { Epsilon = 1.1 }, new LenientOptions { Form = (LenienceForm)9 }),
        new(new TopKRatioOptions { K = 2, Ratio = 0.25 }, new TopKRatioOptions { K = 0 }, new TopKRatioOptions { K = 65 }, new TopKRatioOptions { Ratio = -0.1 }),
        new(new FixedLengthOptions { Tokens = 3 }, new FixedLengthOptions { Tokens = 0 }, new FixedLengthOptions { Tokens = 65 }),
        new(new HeuristicLengthOptions { Start = 4, Increase = 3, Decrease = 2, Min = 2, Max = 9 }, new HeuristicLengthOptions { Start = 0 }, new HeuristicLengthOptions { Start = 21 }, new HeuristicLengthOptions { Increase = 0 }, new HeuristicLengthOptions { Decrease = 65 }, new HeuristicLengthOptions { Min = 0 }, new HeuristicLengthOptions { Max = 65 }),
        new(new ConfidenceLengthOptions { MinTop1 = 0.5, Adapt = true, MatchRate = 0.75, Step = 0.125, MaxTokens = 6 }, new ConfidenceLengthOptions { MinTop1 = 1.1 }, new ConfidenceLengthOptions { MatchRate = 0 }, new ConfidenceLengthOptions { Step = double.NaN }, new ConfidenceLengthOptions { MaxTokens = 65 }),
        new(new EntropyLengthOptions { MaxBits = 2.5, MaxTokens = 6 }, new EntropyLengthOptions { MaxBits = -0.1 }, new EntropyLengthOptions { MaxBits = 24.1 }, new EntropyLengthOptions { MaxTokens = 0 }),
        new(new AcceptanceLengthOptions { Threshold = 0.5, Min = 3, Max = 9, Source = "head" }, new AcceptanceLengthOptions { Threshold = 1.1 }, new AcceptanceLengthOptions { Min = 21 }, new AcceptanceLengthOptions { Max = 65 }, new AcceptanceLengthOptions { Source = "" }),
        new(new GoodputLengthOptions { MaxTokens = 6, AcceptanceEma = 0.5, ExploreRate = 0.25, Hysteresis = 3, Costs = "measured" }, new GoodputLengthOptions { MaxTokens = 0 }, new GoodputLengthOptions { AcceptanceEma = 1 }, new GoodputLengthOptions { ExploreRate = -0.1 }, new GoodputLengthOptions { Hysteresis = 101 }, new GoodputLengthOptions { Costs = "" }),
        new(new DivergenceLengthOptions { High = 0.5, Min = 2, Max = 6, Memory = 0.25 }, new DivergenceLengthOptions { High = 0 }, new DivergenceLengthOptions { Min = 9 }, new DivergenceLengthOptions { Max = 65 }, new DivergenceLengthOptions { Memory = 1 }),
        new(Counted(new KeywordsRewardOptions { Words = [["wolf", "wolves"], ["howl"]], IgnoreCase = false }), new KeywordsRewardOptions(), new KeywordsRewardOptions { Words = [["a"], []] }, new KeywordsRewardOptions { Words = [["a", ""]] }),
        new(Counted(new LengthRewardOptions { Min = 2, Max = 5, Unit = LengthUnit.Tokens }), new LengthRewardOptions(), new LengthRewardOptions { Min = 0 }, new LengthRewardOptions { Max = 0 }, new LengthRewardOptions { Min = 3, Max = 2 }, new LengthRewardOptions { Max = 1, Unit = (LengthUnit)9 }),
        new(Counted(new RegexRewardOptions { Pattern = "a+", Max = 3 }), new RegexRewardOptions(), new RegexRewardOptions { Pattern = "a", Max = 0 }, new RegexRewardOptions { Pattern = "(" }, new RegexRewardOptions { Pattern = "(?=a)b" }),
        new(Counted(new ReadingLevelRewardOptions { Target = 5 }), new ReadingLevelRewardOptions { Target = -5 }, new ReadingLevelRewardOptions { Target = double.NaN }),
        new(Counted(new LexiconRewardOptions { Scores = new Dictionary<string, double> { ["a"] = 1.5 }, Aggregate = LexiconAggregate.Sum }),
            new LexiconRewardOptions(), new LexiconRewardOptions { Lexicon = "" }, new LexiconRewardOptions { Lexicon = "l", Scores = new Dictionary<string, double> { ["a"] = 1 } }, new LexiconRewardOptions { Scores = new Dictionary<string, double>() },
            new LexiconRewardOptions { Scores = new Dictionary<string, double> { ["a"] = double.NaN } }, new LexiconRewardOptions { Lexicon = "l", Aggregate = (LexiconAggregate)9 }),
        new(Counted(new JsonRewardOptions { Schema = """{"type":"integer"}""" }), new JsonRewardOptions { Schema = "" }),
        new(new NamedRewardOptions { Reward = "r", Weight = 2, Threshold = 0.5, Calibration = new CalibrationOptions(ReferenceSamples: 4, CalibrationTransform.ExpPos, T: 5), OnFault = RewardFaultPolicy.Drop, TimeoutSeconds = 3, MaxScored = 9 },
            new NamedRewardOptions(), new NamedRewardOptions { Reward = "r", Weight = double.NaN }, new NamedRewardOptions { Reward = "r", Threshold = double.NaN }, new NamedRewardOptions { Reward = "r", OnFault = (RewardFaultPolicy)9 }, new NamedRewardOptions { Reward = "r", TimeoutSeconds = 0 }, new NamedRewardOptions { Reward = "r", MaxScored = 0 },
            new NamedRewardOptions { Reward = "r", Calibration = new CalibrationOptions(ReferenceSamples: 1) }, new NamedRewardOptions { Reward = "r", Calibration = new CalibrationOptions(ReferenceSamples: 1025) }, new NamedRewardOptions { Reward = "r", Calibration = new CalibrationOptions(Transform: (CalibrationTransform)9) },
            new NamedRewardOptions { Reward = "r", Calibration = new CalibrationOptions(Transform: CalibrationTransform.Log, T: 5) }, new NamedRewardOptions { Reward = "r", Calibration = new CalibrationOptions(T: 5) },
            new NamedRewardOptions { Reward = "r", Calibration = new CalibrationOptions(Transform: CalibrationTransform.ExpNeg, T: 0) }, new NamedRewardOptions { Reward = "r", Calibration = new CalibrationOptions(), MaxScored = 16 }),
    }.ToDictionary(sample => sample.Changed.Kind);

    // With what all rewards have.
    private static RewardOptions Counted(RewardOptions reward) => reward with { Weight = 2, OnFault = RewardFaultPolicy.Drop };

    /// <summary>Every kind that the registry knows.</summary>
    public static IEnumerable<string> Kinds => StrategySlot.Parts.SelectMany(slot => slot.Kinds);

    public static StrategySample Of(string kind) => _all.TryGetValue(kind, out var sample) ? sample : throw new ArgumentException($"The part \"{kind}\" has no line in PartSamples: add one.");
}
