using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>One continuation, or what an event adds to it.</summary>
internal sealed record CompletionChoiceBody(
    int Index, string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] CompletionLogprobsBody? Logprobs = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FinishReason = null,
    DecantBody? Decant = null);
