using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What one call may cost. A call that reaches a limit ends with what it has, as it does at its token limit.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow), JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)]
public sealed record BudgetOptions
{
    /// <summary>Most forwards, those of branches counted too; at least 1. Null: no limit.</summary>
    [JsonPropertyName("max_forwards"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxForwards { get; init; }

    /// <summary>Most seconds from the start of the prompt's first forward; above 0. Checked at every step. Null: no limit.</summary>
    [JsonPropertyName("max_seconds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? MaxSeconds { get; init; }

    /// <summary>Most tokens written, those of texts that a search drops too; at least 1. <c>MaxOutputTokens</c> limits one text. Null: no limit.</summary>
    [JsonPropertyName("max_tokens"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxTokens { get; init; }

    internal void Validate()
    {
        if (MaxTokens is < 1) throw new ArgumentOutOfRangeException(nameof(MaxTokens), MaxTokens, "budget: MaxTokens must be at least 1, or null for no limit.");
        if (MaxForwards is < 1) throw new ArgumentOutOfRangeException(nameof(MaxForwards), MaxForwards, "budget: MaxForwards must be at least 1, or null for no limit.");
        if (MaxSeconds is not null and not > 0) throw new ArgumentOutOfRangeException(nameof(MaxSeconds), MaxSeconds, "budget: MaxSeconds must be above 0, or null for no limit.");
    }
}
