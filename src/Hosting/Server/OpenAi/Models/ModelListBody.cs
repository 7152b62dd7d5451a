namespace Decant.Hosting.Server;

/// <summary>The response of <c>/v1/models</c>.</summary>
internal sealed record ModelListBody(IReadOnlyList<ModelBody> Data)
{
    public string Object { get; } = "list";
}
