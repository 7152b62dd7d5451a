using System.Globalization;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>What one answer cost: the <c>RawRepresentation</c> of its last update.</summary>
/// <remarks>
/// The message also carries it in <see cref="ChatMessage.AdditionalProperties"/> under <see cref="PropertyName"/>. Durations count the model's
/// work and not the time the caller spent with the updates.
/// </remarks>
public sealed record GenerationStatistics
{
    /// <summary>The key in <see cref="ChatMessage.AdditionalProperties"/>.</summary>
    public const string PropertyName = "statistics";

    /// <summary>Tokens of the prompt.</summary>
    public required int PromptTokenCount { get; init; }

    /// <summary>Tokens of the prompt that an earlier request had already run.</summary>
    public required int CachedPromptTokenCount { get; init; }

    /// <summary>Tokens generated in all messages, end tokens and <see cref="ReasoningTokenCount"/> included.</summary>
    public required int OutputTokenCount { get; init; }

    /// <summary>Tokens generated as reasoning.</summary>
    public required int ReasoningTokenCount { get; init; }

    /// <summary>What ended the answer, of several the best: an end token, the token limit, a full context or the call's budget. Null: a stop sequence.</summary>
    public required FinishKind? Finish { get; init; }

    /// <summary>Forwards of the model, of all branches and of models that draft.</summary>
    public required int ForwardPassCount { get; init; }

    /// <summary>What speculation did; null where the call did not speculate.</summary>
    public SpeculationCounter? Speculation { get; init; }

    /// <summary>What a route did; null where the call had none.</summary>
    public RouteCounter? Route { get; init; }

    /// <summary>What thinking control did to the first message; null where there was none.</summary>
    public ThinkingReport? Thinking { get; init; }

    /// <summary>What rewards did; null where nothing was scored.</summary>
    public RewardCounter? Rewards { get; init; }

    /// <summary>From the start of the prompt's first forward to the first token.</summary>
    public required TimeSpan PrefillDuration { get; init; }

    /// <summary>From the first token to the last.</summary>
    public required TimeSpan DecodeDuration { get; init; }

    /// <summary>Prompt tokens run per second, those from the cache not counted; 0 when it took no measurable time.</summary>
    public double PrefillTokensPerSecond => PerSecond(PromptTokenCount - CachedPromptTokenCount, PrefillDuration);

    /// <summary>Tokens per second after the first; 0 when there was only one.</summary>
    public double TokensPerSecond => PerSecond(OutputTokenCount - 1, DecodeDuration);

    /// <summary>One line for people, such as <c>42 tokens at 18.3/s, prompt 120 (100 cached) in 0.31 s</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{OutputTokenCount} tokens at {TokensPerSecond:0.0}/s, prompt {PromptTokenCount} ({CachedPromptTokenCount} cached) in {PrefillDuration.TotalSeconds:0.00} s");

    private static double PerSecond(int count, TimeSpan duration) => duration > TimeSpan.Zero ? count / duration.TotalSeconds : 0;
}
