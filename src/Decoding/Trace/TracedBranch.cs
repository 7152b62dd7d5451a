using System.Text.Json.Serialization;

namespace Decant.Decoding;

/// <summary>What one branch said of a token.</summary>
/// <param name="Name">The branch's name (<see cref="BranchRequest.Name"/>).</param>
/// <param name="LogProbability">Natural logarithm of the token's probability under the branch alone.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record TracedBranch(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("logprob")] float LogProbability);
