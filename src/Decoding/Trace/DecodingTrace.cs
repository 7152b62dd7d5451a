using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What happened in one generation, token by token. Immutable, equal by value, JSON both ways. Made by <see cref="TraceRecorder"/>.</summary>
public sealed record DecodingTrace
{
    /// <summary>The model that decoded.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary>How it was asked to decode.</summary>
    [JsonPropertyName("options")]
    public required DecodingOptions Options { get; init; }

    /// <summary>The seed of the draws, whether it was given or fresh.</summary>
    [JsonPropertyName("seed")]
    public required long Seed { get; init; }

    /// <summary>Tokens of the prompt, cached ones included.</summary>
    [JsonPropertyName("prompt_length")]
    public required int PromptLength { get; init; }

    /// <summary>Why the generation ended; null where the caller stopped it, at a stop sequence for example.</summary>
    [JsonPropertyName("finish"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FinishKind? Finish { get; init; }

    /// <summary>Forwards of the target.</summary>
    [JsonPropertyName("target_forwards")]
    public required int TargetForwards { get; init; }

    /// <summary>Forwards of all other branches, a branch that rides in the target's batch counted as one.</summary>
    [JsonPropertyName("branch_forwards")]
    public required int BranchForwards { get; init; }

    /// <summary>The text of the tokens but for control tokens, or null where the vocabulary was not given. Bytes that are not UTF-8 are U+FFFD.</summary>
    [JsonPropertyName("text"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>The tokens, end tokens included; of several results, those of one behind those of the other.</summary>
    [JsonPropertyName("tokens"), JsonConverter(typeof(ValueListConverter<TracedToken>))]
    public required ValueList<TracedToken> Tokens { get; init; }

    /// <summary>The options with which the same prompt gives the same tokens again: those that were asked for, with the seed that was used.</summary>
    public DecodingOptions ToOptions() => Options.WithSeed(Seed);

    /// <summary>The trace as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, TraceJson.Default.DecodingTrace);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="ArgumentException">It is not a trace; the message says where.</exception>
    public static DecodingTrace FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonSerializer.Deserialize(json, TraceJson.Default.DecodingTrace) ?? throw new ArgumentException("The JSON null is not a trace.", nameof(json));
        }
        catch (JsonException exception)
        {
            throw new ArgumentException($"This JSON is not a trace: {exception.Message}", nameof(json), exception);
        }
    }

    /// <summary>One line for people, without any text.</summary>
    public override string ToString() => $"{Tokens.Count} tokens of {Model}, seed {Seed}, {TargetForwards} + {BranchForwards} forwards";
}
