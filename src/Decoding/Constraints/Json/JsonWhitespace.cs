using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>Where JSON has whitespace.</summary>
[JsonConverter(typeof(KebabEnumConverter<JsonWhitespace>))]
public enum JsonWhitespace
{
    /// <summary>Nowhere.</summary>
    Compact,

    /// <summary>One space may stand behind a colon and behind a comma: JSON on one line, as models are mostly taught to write it, without blanks to get lost in.</summary>
    Spaced,

    /// <summary>Wherever JSON lets it be, up to 40 characters in one place: a model that may go on with blanks for ever, does.</summary>
    Flexible,
}
