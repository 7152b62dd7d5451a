using System.Diagnostics;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>
/// Tells how calls were decoded: an activity <c>decode {model}</c> for each, within the client span of <c>UseOpenTelemetry</c> where there is one, and metrics of calls, drafts and the engine.
/// docs/telemetry.md lists them all.
/// </summary>
/// <remarks>
/// Listen with <c>AddSource(DecodingTelemetry.SourceName)</c> and <c>AddMeter(DecodingTelemetry.SourceName)</c>; without a listener nothing is made. A call that is traced
/// (<see cref="DecodingOptions.Trace"/>) adds an event for every token. Texts and token ids are never among the tags.
/// </remarks>
public static class DecodingTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "Decant.Connectors";

    /// <summary>What <c>error.type</c> says of a call whose caller stopped reading or cancelled.</summary>
    internal const string Abandoned = "abandoned";

    private static readonly ActivitySource _source = new(SourceName);

    internal static bool HasListeners => _source.HasListeners();

    internal static Activity? Start(string model, DecodingOptions options) => _source.StartActivity($"decode {model}")?
        .SetTag("gen_ai.operation.name", "chat")
        .SetTag("gen_ai.provider.name", "decant")
        .SetTag("gen_ai.request.model", model)
        .SetTag("decant.strategies", options.Strategies.Select(strategy => strategy.Kind).ToArray());

    internal static void Add(Activity activity, TracedToken token)
    {
        var tags = new ActivityTagsCollection
        {
            ["position"] = token.Position,
            ["source"] = token.Source.ToString(),
            ["masked_mass"] = token.MaskedMass,
            ["refused"] = token.RefusedCount,
            ["implausible"] = token.ImplausibleCount,
            ["forward_us"] = token.ForwardMicroseconds,
            ["row_us"] = token.RowMicroseconds,
        };
        foreach (var stage in token.Stages) tags[$"logprob.{stage.Stage.ToString().ToLowerInvariant()}"] = stage.LogProbability;
        if (token.Drafter is { } drafter) tags["drafter"] = drafter;
        if (token.Model is { } model) tags["model"] = model;
        if (token.Result > 0) tags["result"] = token.Result;
        if (token.Score is { } score) tags["score"] = score;
        if (token.Weight is { } weight) tags["weight"] = weight;
        if (token.Divergence is { } divergence) tags["divergence"] = divergence;
        if (token.Layer is { } layer) tags["layer"] = layer;
        activity.AddEvent(new ActivityEvent("token", tags: tags));
    }

    internal static void Complete(Activity activity, GenerationStatistics statistics, ChatFinishReason? finish) => activity
        .SetTag("gen_ai.usage.input_tokens", statistics.PromptTokenCount)
        .SetTag("gen_ai.usage.output_tokens", statistics.OutputTokenCount)
        .SetTag("gen_ai.response.finish_reasons", new[] { finish?.Value })
        .SetTag("decant.cached_tokens", statistics.CachedPromptTokenCount)
        .SetTag("decant.reasoning_tokens", statistics.ReasoningTokenCount)
        .SetTag("decant.forwards", statistics.ForwardPassCount)
        .SetTag("decant.drafted_tokens", statistics.Speculation?.Drafted)
        .SetTag("decant.accepted_draft_tokens", statistics.Speculation?.Accepted)
        .SetTag("decant.tokens_per_round", statistics.Speculation?.MeanTokens)
        .SetTag("decant.scored_texts", statistics.Rewards?.Scored);

    // The message may hold texts of the call, so only the type is told.
    internal static void Fail(Activity activity, string error)
    {
        activity.SetTag("error.type", error);
        if (error != Abandoned) activity.SetStatus(ActivityStatusCode.Error);
    }
}
