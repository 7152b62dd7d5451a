using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>A token that could have come, and how likely it was.</summary>
/// <param name="Id">The token.</param>
/// <param name="Text">Its text (<see cref="TokenText"/>), or null where the vocabulary was not given.</param>
/// <param name="LogProbability">Natural logarithm of its probability; −∞ where it was impossible.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TokenProbability(
    [property: JsonPropertyName("id")] int Id,
    [property: JsonPropertyName("text"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text,
    [property: JsonPropertyName("logprob")] float LogProbability);
