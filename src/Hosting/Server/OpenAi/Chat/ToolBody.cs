namespace Decant.Hosting.Server;

/// <summary>A tool of a request.</summary>
internal sealed record ToolBody : KnownMembers
{
    public string? Type { get; init; }

    public ToolFunctionBody? Function { get; init; }
}
