using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>Where a token came from.</summary>
[JsonConverter(typeof(KebabEnumConverter<TokenSource>))]
public enum TokenSource
{
    /// <summary>Drawn from the target distribution.</summary>
    Target,

    /// <summary>Chosen by a search.</summary>
    Search,

    /// <summary>Drafted, and accepted by the target.</summary>
    Draft,

    /// <summary>The only one that constraints allowed.</summary>
    Forced,
}
