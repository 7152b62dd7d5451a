using System.Text.Json.Serialization;

namespace Decant.Hosting.Server;

/// <summary>The response of <c>/v1/models</c>.</summary>
internal sealed record ModelListBody(IReadOnlyList<ModelBody> Data)
{
    [JsonPropertyOrder(-1)]
    public string Object { get; } = "list";
}
