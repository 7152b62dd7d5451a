namespace Decant.Decoding;

/// <summary>What strategies may ask about while a plan is compiled. A member that a strategy needs and that was not given throws, naming itself.</summary>
public sealed record PlanContext
{
    /// <summary>The options being compiled, so that a strategy can refuse what it does not go with.</summary>
    public DecodingOptions Options { get; private init; } = new();

    /// <summary>The target model.</summary>
    public ModelInfo Model { get => field ?? throw Missing(nameof(Model)); init; }

    /// <summary>The target's vocabulary.</summary>
    public ITokenVocabulary Vocabulary { get => field ?? throw Missing(nameof(Vocabulary)); init; }

    /// <summary>Turns a text into token ids, without special tokens.</summary>
    public Func<string, int[]> Encode { get => field ?? throw Missing(nameof(Encode)); init; }

    /// <summary>What options name.</summary>
    public DecodingServices Services { get; init; } = new();

    /// <summary>What rewards are told about the call. Default: nothing.</summary>
    public RewardContext Reward { get; init; } = new("");

    /// <summary>One score per document of the call, larger for more relevant ones; empty where the call has none.</summary>
    public IReadOnlyList<double> DocumentScores { get; init; } = [];

    /// <summary>Demands what a strategy needs of the target model.</summary>
    /// <exception cref="ArgumentException">The model does not have it; the message names both.</exception>
    internal void Require(string kind, ModelCapabilities needed)
    {
        if (!Model.Capabilities.HasFlag(needed)) throw new ArgumentException($"{kind} needs a model with {needed}, which {Model.Name} has not. Use another engine or another strategy.");
    }

    /// <summary>Demands sampling that draws.</summary>
    /// <exception cref="ArgumentException">It is greedy; the message names both.</exception>
    internal void RequireDraws(string kind)
    {
        if (Options.Sampling is { IsGreedy: true } sampling)
            throw new ArgumentException($"\"{kind}\" draws its texts, and sampling \"{sampling.Kind}\" is greedy: all would be the same. Set the temperature above 0, or use another search.");
    }

    internal PlanContext For(DecodingOptions options) => this with { Options = options };

    private static InvalidOperationException Missing(string member) => new($"A strategy of this plan needs PlanContext.{member}: set it when compiling the plan.");
}
