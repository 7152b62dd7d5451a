using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What is made of a calibrated score C, 0 … 1; see <see cref="CalibrationOptions"/>.</summary>
[JsonConverter(typeof(KebabEnumConverter<CalibrationTransform>))]
public enum CalibrationTransform
{
    /// <summary>C: the score's quantile among the reference texts.</summary>
    Identity,

    /// <summary>ln C, with C at least half of one reference text's share.</summary>
    Log,

    /// <summary>e^(T·C): only what is near the best counts. InfAlign's transform for best-of-N.</summary>
    ExpPos,

    /// <summary>−e^(−T·C): only how bad the worst is counts. InfAlign's transform for worst-of-N, such as attacks that try again and again.</summary>
    ExpNeg,
}
