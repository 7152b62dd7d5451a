using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>Where JSON has whitespace.</summary>
[JsonConverter(typeof(KebabEnumConverter<JsonWhitespace>))]
public enum JsonWhitespace
{
    /// <summary>Nowhere.</summary>
    Compact,

    /// <summary>Wherever JSON lets it be, up to 40 characters in one place: a model that may go on with blanks for ever, does.</summary>
    Flexible,
}
