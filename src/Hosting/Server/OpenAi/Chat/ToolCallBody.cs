namespace Decant.Hosting.Server;

/// <summary>A call of a tool, in requests and responses.</summary>
internal sealed record ToolCallBody : KnownMembers
{
    /// <summary>Its place among the message's calls; in streams only.</summary>
    public int? Index { get; init; }

    public string? Id { get; init; }

    public string? Type { get; init; }

    public ToolCallFunctionBody? Function { get; init; }
}
