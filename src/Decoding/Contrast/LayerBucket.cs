using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A half of a model's even layers.</summary>
[JsonConverter(typeof(KebabEnumConverter<LayerBucket>))]
public enum LayerBucket
{
    /// <summary>The even layers of the lower half (of 32: 0, 2 … 14), for long answers and reasoning.</summary>
    Low,

    /// <summary>The even layers of the upper half but for the last (of 32: 16, 18 … 30), for short factual answers.</summary>
    High,
}
