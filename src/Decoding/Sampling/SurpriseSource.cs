using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>Which probability a token's surprise is measured by.</summary>
[JsonConverter(typeof(KebabEnumConverter<SurpriseSource>))]
public enum SurpriseSource
{
    /// <summary>The one before anything was cut off, as in the paper.</summary>
    Original,

    /// <summary>The one it was drawn with, as in llama.cpp.</summary>
    Renormalized,
}
