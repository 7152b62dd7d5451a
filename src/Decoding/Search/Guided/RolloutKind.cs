using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How a search writes texts on in order to see where they lead.</summary>
[JsonConverter(typeof(KebabEnumConverter<RolloutKind>))]
public enum RolloutKind
{
    /// <summary>With the likeliest token each time, whatever the sampling: candidates and log-probabilities are then those at temperature 1 with nothing cut off.</summary>
    Greedy,

    /// <summary>As the plan draws; candidates and log-probabilities are those of the plan's distribution.</summary>
    Plan,
}
