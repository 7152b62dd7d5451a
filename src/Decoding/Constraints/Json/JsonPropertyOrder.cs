using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>In which order an object's members are written.</summary>
[JsonConverter(typeof(KebabEnumConverter<JsonPropertyOrder>))]
public enum JsonPropertyOrder
{
    /// <summary>Those that the schema names in the schema's order, then all others.</summary>
    Schema,

    /// <summary>Any. The grammar tells apart which members were written, so an object with more than 12 named members is too large for it.</summary>
    Any,
}
