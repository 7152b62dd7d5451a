namespace Decant.Hosting.Server;

/// <summary>A piece of a message; its first has the role.</summary>
internal sealed record DeltaBody(string? Role = null, string? Content = null, string? ReasoningContent = null, IReadOnlyList<ToolCallBody>? ToolCalls = null);
