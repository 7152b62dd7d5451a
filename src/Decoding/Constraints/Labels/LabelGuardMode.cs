using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What is done about labels that a model was tuned to write before what it should not.</summary>
[JsonConverter(typeof(KebabEnumConverter<LabelGuardMode>))]
public enum LabelGuardMode
{
    /// <summary>They are never written; what the model would have written behind them, it then writes less often.</summary>
    Forbid,

    /// <summary>Nothing is forbidden; where one is likely, the response says so.</summary>
    Detect,
}
