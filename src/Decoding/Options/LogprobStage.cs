using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A point on a row's way from logits to a draw.</summary>
[JsonConverter(typeof(KebabEnumConverter<LogprobStage>))]
public enum LogprobStage
{
    /// <summary>The target model's own distribution, at temperature 1.</summary>
    Raw,

    /// <summary>After contrast, processors and constraints, before temperature and truncation.</summary>
    Processed,

    /// <summary>What the token was drawn from.</summary>
    Drawn,
}
