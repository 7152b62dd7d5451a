namespace Decant.Hosting.Server;

/// <summary>What a tool call calls.</summary>
internal sealed record ToolCallFunctionBody : KnownMembers
{
    public string? Name { get; init; }

    /// <summary>The arguments: a text that is JSON.</summary>
    public string? Arguments { get; init; }
}
