using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What speculation promises about the text, from least to most.</summary>
[JsonConverter(typeof(KebabEnumConverter<Guarantee>))]
public enum Guarantee
{
    /// <summary>Neither of the others.</summary>
    Lossy,

    /// <summary>The tokens that greedy decoding gives without speculation; other sampling may be distorted.</summary>
    GreedyEqual,

    /// <summary>The distribution of texts is the one without speculation.</summary>
    Exact,
}
