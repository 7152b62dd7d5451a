namespace Decant.Tests.Decoding;

/// <summary>One line per kind of strategy; a kind without a line fails its contract tests.</summary>
internal static class StrategySamples
{
    private static readonly Dictionary<string, StrategySample> _all = new StrategySample[]
    {
        new(new FrequencyPresenceOptions { Frequency = 0.5f, Presence = -1 }, new FrequencyPresenceOptions { Frequency = 3 }, new FrequencyPresenceOptions { Presence = float.NaN }) { Neutral = new FrequencyPresenceOptions() },
        new(new LogitBiasOptions { Tokens = new Dictionary<int, float> { [7] = 3, [30] = -100 }, Texts = new Dictionary<string, float> { [" the"] = 2, [":"] = 1 } },
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
        new(new CustomProcessorOptions { Name = "count" }, new CustomProcessorOptions()) { Neutral = new CustomProcessorOptions { Name = "nothing" } },
        new(new SamplingOptions { Temperature = 0.5f, TopK = 9, TopP = 0.9f, MinP = 0.01f, TypicalP = 0.95f, Eta = 0.001f, TopNSigma = 2, XtcProbability = 0.5f, XtcThreshold = 0.2f, Seed = 3 },
            new SamplingOptions { Temperature = -1 }, new SamplingOptions { TopK = 0 }, new SamplingOptions { TopP = 0 }, new SamplingOptions { MinP = 2 }, new SamplingOptions { TypicalP = 0 }, new SamplingOptions { Eta = -1 },
            new SamplingOptions { TopNSigma = 0 }, new SamplingOptions { XtcProbability = 2 }, new SamplingOptions { XtcProbability = 1, XtcThreshold = 0.6f }, new SamplingOptions { XtcThreshold = 0.2f })
            { Neutral = new SamplingOptions { Temperature = 1, TopP = 1, MinP = 0, TypicalP = 1, Eta = 0, XtcProbability = 0 } },
        new(new GreedyOptions { Seed = 3 }),
        new(new MirostatOptions { Version = 1, Tau = 3, Eta = 0.5, SurpriseFrom = SurpriseSource.Renormalized, Temperature = 0.7f, Seed = 3 },
            new MirostatOptions { Version = 3 }, new MirostatOptions { Tau = 0 }, new MirostatOptions { Eta = 2 }, new MirostatOptions { SurpriseFrom = (SurpriseSource)9 }, new MirostatOptions { Temperature = 0 }),
        new(new CitationOptions { Passages = 3, Required = false }, new CitationOptions { Passages = 0 }, new CitationOptions { Passages = 1000 }) { NeedsMoreThanRows = true },
    }.ToDictionary(sample => sample.Changed.Kind);

    /// <summary>Every kind that the registry knows.</summary>
    public static IEnumerable<string> Kinds => StrategySlot.All.SelectMany(slot => slot.Kinds);

    public static StrategySample Of(string kind) => _all.TryGetValue(kind, out var sample) ? sample : throw new ArgumentException($"The strategy \"{kind}\" has no line in StrategySamples: add one.");
}
