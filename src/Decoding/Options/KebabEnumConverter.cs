using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>An enum as its members' names in kebab-case.</summary>
internal sealed class KebabEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
