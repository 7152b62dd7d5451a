namespace Decant.Hosting.Server;

/// <summary>OpenAI's <c>stream_options</c>.</summary>
internal sealed record StreamOptionsBody : KnownMembers
{
    /// <summary>Whether the stream ends with the usage.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Random characters that hide lengths from eavesdroppers; this server adds none, so only false is taken.</summary>
    public bool? IncludeObfuscation { get; init; }
}
