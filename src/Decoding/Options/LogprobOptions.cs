using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>Natural-log probabilities to return with every token.</summary>
public sealed record LogprobOptions
{
    /// <summary>How many of the likeliest alternatives to list besides the token itself; 0 … 100. Default: 0.</summary>
    [JsonPropertyName("top")]
    public int Top { get; init; }

    /// <summary>Which distribution they are of. Default: <see cref="LogprobStage.Raw"/>.</summary>
    [JsonPropertyName("stage")]
    public LogprobStage Stage { get; init; }

    internal void Validate()
    {
        if (Top is < 0 or > 100) throw new ArgumentOutOfRangeException(nameof(Top), Top, "logprobs: Top must be from 0 to 100.");
        if (!Enum.IsDefined(Stage)) throw new ArgumentOutOfRangeException(nameof(Stage), Stage, "logprobs: Stage takes Raw, Processed or Drawn.");
    }
}
