using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How numbers are written that a schema bounds in any way.</summary>
[JsonConverter(typeof(KebabEnumConverter<JsonNumberForm>))]
public enum JsonNumberForm
{
    /// <summary>With no more digits than it takes: 2 and 2.5, not 2.0 or 2.50. What reads integers reads these.</summary>
    Shortest,

    /// <summary>With any digits behind the point: 2.0 is an integer to JSON Schema. Without exponents all the same.</summary>
    Any,
}
