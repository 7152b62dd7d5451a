using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>A model of <c>/v1/models</c>.</summary>
internal sealed record ModelBody(string Id, long Created)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "model";

    public string OwnedBy { get; } = "decant";
}
