using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>The unit of a divergence.</summary>
[JsonConverter(typeof(KebabEnumConverter<DivergenceBase>))]
public enum DivergenceBase
{
    /// <summary>Nats: a Jensen-Shannon divergence of at most 0.693.</summary>
    Natural,

    /// <summary>Bits: a Jensen-Shannon divergence of at most 1.</summary>
    Two,
}
