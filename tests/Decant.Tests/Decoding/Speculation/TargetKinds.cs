namespace Decant.Tests.Decoding.Speculation;

/// <summary>The targets that exactness is shown for: what a call may ask of the distribution besides speculation.</summary>
internal static class TargetKinds
{
    /// <summary>Tokens of the models: few enough to enumerate.</summary>
    public const int Vocabulary = 4;

    private static readonly Dictionary<string, DecodingOptions> _all = new()
    {
        ["plain"] = new(),
        ["temperature"] = new() { Sampling = new SamplingOptions { Temperature = 0.6f } },
        ["top-p"] = new() { Sampling = new SamplingOptions { TopP = 0.7f } },
        ["greedy"] = new() { Sampling = new GreedyOptions() },
        ["mask"] = new() { Constraints = [new MultiplesOptions(2)] },
        ["forced"] = new() { Constraints = [new FollowOptions(0, 1, Certain: true)] },
        ["guessed"] = new() { Constraints = [new FollowOptions(0, 1, Certain: false)] },
        ["repetition"] = new() { Processors = [new RepetitionPenaltyOptions { Penalty = 1.7f }] },
        ["cad"] = new() { Contrast = new ContextAwareOptions { Alpha = 0.8f, Context = ["x"] } },
        ["class-conditional"] = new() { Contrast = new ClassConditionalOptions { PositivePrompt = "x", NegativePrompt = "y", Omega = 3 } },
        ["mirostat"] = new() { Sampling = new MirostatOptions { Tau = 1, Eta = 0.3 } },
    };

    public static IReadOnlyCollection<string> Names => _all.Keys;

    public static DecodingOptions Of(string name) => _all[name];
}
