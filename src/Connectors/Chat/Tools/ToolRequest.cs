namespace Decant.Connectors.Chat;

/// <summary>What a call's tools come to.</summary>
/// <param name="Definitions">The tools as chat templates read them.</param>
/// <param name="Callable">The tools that can be called: name to JSON Schema of the arguments. Empty where none may be.</param>
/// <param name="IsRequired">Whether one must be called.</param>
internal sealed record ToolRequest(IReadOnlyList<object?> Definitions, IReadOnlyDictionary<string, string> Callable, bool IsRequired);
