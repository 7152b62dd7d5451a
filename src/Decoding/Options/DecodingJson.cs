using System.Text.Json;
using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>How options are written: snake_case members, nulls left out, numbers also as texts, unknown members refused. One line per strategy.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, NumberHandling = JsonNumberHandling.AllowReadingFromString,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LenientBooleanConverter), typeof(ValueListConverter<string>), typeof(ValueListConverter<int>), typeof(ValueListConverter<double>)])]
[JsonSerializable(typeof(DecodingOptions))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(FrequencyPresenceOptions))]
[JsonSerializable(typeof(SamplingOptions))]
internal sealed partial class DecodingJson : JsonSerializerContext;
