using System.Text.Json;
using System.Text.Json.Serialization;
using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>What responses have beyond OpenAI's: <c>decant</c>.</summary>
internal sealed record DecantBody
{
    /// <summary>The call's <see cref="GenerationStatistics"/>.</summary>
    public JsonElement? Statistics { get; init; }

    /// <summary>What went wrong without harm to the answer.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>The trace, as <see cref="DecodingTrace.ToJson"/> writes it, where one was asked for.</summary>
    public JsonElement? Trace { get; init; }

    /// <summary>What a search found its results worth, in their order.</summary>
    public IReadOnlyList<double?>? Scores { get; init; }

    /// <summary>The question that was answered in place of the one asked.</summary>
    public string? NeutralQuery { get; init; }

    /// <summary>Where labels were likely.</summary>
    public IReadOnlyList<LabelDetection>? LabelDetections { get; init; }

    /// <summary>What a search that is not over has found so far.</summary>
    [JsonPropertyName("best_so_far")]
    public BestSoFar? Best { get; init; }

    /// <param name="response">One call's response.</param>
    public static DecantBody Of(ChatResponse response)
    {
        var properties = response.Messages.LastOrDefault()?.AdditionalProperties;
        var detections = response.Messages.SelectMany(message => message.GetLabelDetections()).ToList();
        var scores = response.Messages.Select(message => message.GetScore()).ToList();
        return new DecantBody
        {
            Statistics = properties?.GetValueOrDefault(GenerationStatistics.PropertyName) is { } statistics ? JsonSerializer.SerializeToElement(statistics, OpenAiJson.Options) : null,
            Warnings = response.GetWarnings(),
            Trace = response.GetTrace() is { } trace ? JsonElement.Parse(trace.ToJson()) : null,
            Scores = scores.Exists(score => score is not null) ? scores : null,
            NeutralQuery = response.GetNeutralQuery(),
            LabelDetections = detections.Count > 0 ? detections : null,
        };
    }
}
