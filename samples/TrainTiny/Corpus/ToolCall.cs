namespace Decant.Samples.TrainTiny.Corpus;

/// <summary>A call of a tool: the arguments are names and strings or whole numbers.</summary>
internal sealed record ToolCall(string Name, IReadOnlyDictionary<string, object?> Arguments);
