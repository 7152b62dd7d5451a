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
    }.ToDictionary(sample => sample.Changed.Kind);

    /// <summary>Every kind that the registry knows.</summary>
    public static IEnumerable<string> Kinds => StrategySlot.Parts.SelectMany(slot => slot.Kinds);

    public static StrategySample Of(string kind) => _all.TryGetValue(kind, out var sample) ? sample : throw new ArgumentException($"The part \"{kind}\" has no line in PartSamples: add one.");
}
