using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>One token of a <see cref="DecodingTrace"/>: where it came from and what every stage made of it.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TracedToken
{
    /// <summary>The token.</summary>
    [JsonPropertyName("id")]
    public required int Id { get; init; }

    /// <summary>Its text (<see cref="TokenText"/>), or null where the vocabulary was not given.</summary>
    [JsonPropertyName("text"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>Its index, counted from the start of the prompt.</summary>
    [JsonPropertyName("position")]
    public required int Position { get; init; }

    /// <summary>Where it came from.</summary>
    [JsonPropertyName("source")]
    public required TokenSource Source { get; init; }

    /// <summary>The drafter that guessed it, or null.</summary>
    [JsonPropertyName("drafter"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Drafter { get; init; }

    /// <summary>The model that a route had produce it, or null where there is no route.</summary>
    [JsonPropertyName("model"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>Which of several results it belongs to (<see cref="GeneratedToken.Result"/>).</summary>
    [JsonPropertyName("result"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Result { get; init; }

    /// <summary>On the last token of a result that its search has scored, such as by rewards: the score; otherwise null (<see cref="GeneratedToken.Score"/>).</summary>
    [JsonPropertyName("score"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Score { get; init; }

    /// <summary>The stages that the plan has, in order: raw first, drawn last.</summary>
    [JsonPropertyName("stages"), JsonConverter(typeof(ValueListConverter<TracedStage>))]
    public required ValueList<TracedStage> Stages { get; init; }

    /// <summary>The branches that ran, the target first; empty without contrast.</summary>
    [JsonPropertyName("branches"), JsonConverter(typeof(ValueListConverter<TracedBranch>))]
    public required ValueList<TracedBranch> Branches { get; init; }

    /// <summary>The weight with which the contrast counted, or null.</summary>
    [JsonPropertyName("weight"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Weight { get; init; }

    /// <summary>What each branch counted, the target first, where a search decides it (<see cref="PromptControllerOptions"/>); null elsewhere.</summary>
    [JsonPropertyName("weights"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(ValueListConverter<float>))]
    public ValueList<float>? Weights { get; init; }

    /// <summary>The divergence between branches or layers that the contrast measured, in nats, or null.</summary>
    [JsonPropertyName("divergence"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Divergence { get; init; }

    /// <summary>The layer that was contrasted with, or null.</summary>
    [JsonPropertyName("layer"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Layer { get; init; }

    /// <summary>Tokens that constraints refused here.</summary>
    [JsonPropertyName("refused"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int RefusedCount { get; init; }

    /// <summary>Tokens that were implausible to the contrast's trusted branch.</summary>
    [JsonPropertyName("implausible"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ImplausibleCount { get; init; }

    /// <summary>The probability, under the raw distribution, of all tokens that were refused or implausible together; 0 … 1.</summary>
    [JsonPropertyName("masked_mass"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public float MaskedMass { get; init; }

    /// <summary>Whether branches of other models stayed behind, because the target's row left one token.</summary>
    [JsonPropertyName("settled"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Settled { get; init; }

    /// <summary>Microseconds of the forward that gave the rows. The first token's is that of the prompt's last chunk.</summary>
    [JsonPropertyName("forward_us")]
    public double ForwardMicroseconds { get; init; }

    /// <summary>Microseconds from the rows to the draw.</summary>
    [JsonPropertyName("row_us")]
    public double RowMicroseconds { get; init; }

    /// <summary>Natural logarithm of the token's probability at one stage; where the plan lacks the stage, at the one before.</summary>
    public float LogProbability(LogprobStage stage) => Stage(stage).LogProbability;

    internal TracedStage Stage(LogprobStage stage) => stage switch
    {
        LogprobStage.Raw => Stages[0],
        LogprobStage.Processed => Stages[^2],
        _ => Stages[^1],
    };
}
