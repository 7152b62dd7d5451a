using System.Text.Json;

namespace Decant.Hosting.Server;

/// <summary>The schema of a response format.</summary>
internal sealed record JsonSchemaBody : KnownMembers
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public JsonElement? Schema { get; init; }

    /// <summary>Whether the schema is enforced; it is in either case.</summary>
    public bool? Strict { get; init; }
}
