using System.Text.Json;

namespace Decant.Hosting.Server;

/// <summary>What a tool is.</summary>
internal sealed record ToolFunctionBody : KnownMembers
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public JsonElement? Parameters { get; init; }

    /// <summary>Whether the schema is enforced; it is in either case.</summary>
    public bool? Strict { get; init; }
}
