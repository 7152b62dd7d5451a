using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How numbers are written. One that the schema does not bound in any way may have an exponent and zeros behind the point; others have no exponent.</summary>
[JsonConverter(typeof(KebabEnumConverter<JsonNumberForm>))]
public enum JsonNumberForm
{
    /// <summary>With no more digits than it takes: 2 and 2.5, not 2.0 or 2.50. What reads integers reads these. Exponents have two digits at most.</summary>
    Shortest,

    /// <summary>With any digits behind the point: 2.0 is an integer to JSON Schema.</summary>
    Any,
}
