using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What the distribution was after one stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="LogProbability">Natural logarithm of the token's probability; −∞ where it was impossible.</param>
/// <param name="Top">The likeliest tokens, the likeliest first, the lower id first among equals.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TracedStage(
    [property: JsonPropertyName("stage")] TraceStage Stage,
    [property: JsonPropertyName("logprob")] float LogProbability,
    [property: JsonPropertyName("top"), JsonConverter(typeof(ValueListConverter<TokenProbability>))] ValueList<TokenProbability> Top);
