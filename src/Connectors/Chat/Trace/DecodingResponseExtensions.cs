using System.Text.Json;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>What answers of a <see cref="LocalChatClient"/> carry in their messages' additional properties where it was asked for.</summary>
public static class DecodingResponseExtensions
{
    /// <summary>The key of the <see cref="DecodingTrace"/>, on the last update and so on the message.</summary>
    public const string TraceKey = "trace";

    /// <summary>The key of the whole answer's log-probabilities, on a message's last update and so on the message.</summary>
    public const string LogprobsKey = "logprobs";

    /// <summary>The key of the log-probabilities of one update's own tokens. Putting updates together keeps one value for a key; the whole list is under <see cref="LogprobsKey"/>.</summary>
    public const string LogprobsDeltaKey = "logprobs_delta";

    /// <summary>The key of the question that was answered in place of the one asked, where a neutralizer rewrote it (<see cref="LeadingQueryOptions.Neutralizer"/>).</summary>
    public const string NeutralQueryKey = "neutral_query";

    /// <summary>The key of where labels were likely in a message (<see cref="LabelGuardMode.Detect"/>).</summary>
    public const string LabelDetectionsKey = "label_detections";

    /// <summary>The key of what went wrong without harm to the answer, such as a drafter that failed and was dropped: a list of sentences.</summary>
    public const string WarningsKey = "warnings";

    /// <summary>The key of a message's score, where a search gives several results.</summary>
    public const string ScoreKey = "score";

    /// <summary>
    /// What the search found a message worth, where it gave several (<see cref="SuperposedDraftsOptions"/>): larger is better, and better messages come first. Null where results have no scores.
    /// </summary>
    public static double? GetScore(this ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.AdditionalProperties?.GetValueOrDefault(ScoreKey) switch
        {
            double score => score,
            JsonElement { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
            _ => null,
        };
    }

    /// <summary>
    /// What a search that is not over has found so far, where the update is such a report and not a part of the answer: it has no contents, and what it tells may yet be given up for something better.
    /// Null for all other updates.
    /// </summary>
    public static BestSoFar? GetBestSoFar(this ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return update.RawRepresentation as BestSoFar;
    }

    internal static ChatResponseUpdate WithProgress(this ChatResponseUpdate update, SearchProgress progress, TextTokenizer tokenizer)
    {
        update.RawRepresentation = new BestSoFar(tokenizer.Decode([.. progress.Tokens]), progress.Score, progress.Texts, progress.Forwards);
        return update;
    }

    /// <summary>What went wrong without harm to the answer; empty where nothing did.</summary>
    public static IReadOnlyList<string> GetWarnings(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Find(response, WarningsKey) switch
        {
            IEnumerable<string> warnings => [.. warnings],
            JsonElement { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(warning => warning.ToString())],
            _ => [],
        };
    }

    /// <summary>Where labels were likely in a response's last message, in order; empty where none were, or none were looked for (<see cref="LabelGuardOptions"/>).</summary>
    public static IReadOnlyList<LabelDetection> GetLabelDetections(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Read<LabelDetection>(Find(response, LabelDetectionsKey));
    }

    /// <summary>Where labels were likely in one message, where a search gave several; empty where none were.</summary>
    public static IReadOnlyList<LabelDetection> GetLabelDetections(this ChatMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Read<LabelDetection>(message.AdditionalProperties?.GetValueOrDefault(LabelDetectionsKey));
    }

    /// <summary>The question that was answered in place of the one asked, or null where it was not rewritten.</summary>
    public static string? GetNeutralQuery(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Find(response, NeutralQueryKey)?.ToString();
    }

    /// <summary>The trace of the answer, or null where none was asked for (<see cref="DecodingOptions.Trace"/>).</summary>
    public static DecodingTrace? GetTrace(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Find(response, TraceKey) switch
        {
            DecodingTrace trace => trace,
            JsonElement element => DecodingTrace.FromJson(element.GetRawText()),
            _ => null,
        };
    }

    /// <summary>The log-probabilities of the answer's tokens, in order; empty where none were asked for (<see cref="DecodingOptions.Logprobs"/>).</summary>
    /// <remarks>Reasoning is not among them. Their bytes together are the answer's text.</remarks>
    public static IReadOnlyList<TokenLogprob> GetLogprobs(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return Read<TokenLogprob>(Find(response, LogprobsKey));
    }

    /// <summary>The log-probabilities of the tokens that begin in an update's text; empty where there are none.</summary>
    public static IReadOnlyList<TokenLogprob> GetLogprobs(this ChatResponseUpdate update)
    {
        ArgumentNullException.ThrowIfNull(update);
        return Read<TokenLogprob>(update.AdditionalProperties?.GetValueOrDefault(LogprobsDeltaKey));
    }

    private static object? Find(ChatResponse response, string key) => response.Messages.LastOrDefault()?.AdditionalProperties?.GetValueOrDefault(key);

    // A response that went through a cache holds JSON.
    private static IReadOnlyList<T> Read<T>(object? value) => value switch
    {
        IReadOnlyList<T> items => items,
        JsonElement element => element.Deserialize<List<T>>(AIJsonUtilities.DefaultOptions)!,
        _ => [],
    };
}
