using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A point on a row's way from logits to a draw, in order; see <see cref="TargetDistribution"/>.</summary>
[JsonConverter(typeof(KebabEnumConverter<TraceStage>))]
public enum TraceStage
{
    /// <summary>The target model's own distribution, at temperature 1.</summary>
    Raw,

    /// <summary>After branches were combined and what is implausible was masked.</summary>
    Contrast,

    /// <summary>After finite changes to the row: penalties, biases.</summary>
    Processors,

    /// <summary>After constraints refused tokens.</summary>
    Constraints,

    /// <summary>What the token was drawn from: after temperature, truncation and watermark.</summary>
    Drawn,
}
