using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>The model that is asked first.</summary>
[JsonConverter(typeof(KebabEnumConverter<RouteStart>))]
public enum RouteStart
{
    /// <summary>The client's own.</summary>
    Large,

    /// <summary>The other one.</summary>
    Small,
}
