namespace Decant.Hosting.Server;

/// <summary>OpenAI's <c>response_format</c>.</summary>
internal sealed record ResponseFormatBody : KnownMembers
{
    public string? Type { get; init; }

    public JsonSchemaBody? JsonSchema { get; init; }
}
