using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>What an event adds to an answer.</summary>
internal sealed record ChunkChoiceBody(int Index, DeltaBody Delta, LogprobsBody? Logprobs = null, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason = null);
