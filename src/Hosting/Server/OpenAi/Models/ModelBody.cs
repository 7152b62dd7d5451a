namespace Decant.Hosting.Server;

/// <summary>A model of <c>/v1/models</c>.</summary>
internal sealed record ModelBody(string Id, long Created)
{
    public string Object { get; } = "model";

    public string OwnedBy { get; } = "decant";
}
