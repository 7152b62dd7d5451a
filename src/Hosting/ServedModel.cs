namespace Decant.Hosting;

/// <summary>A registered chat client as the server's callers know it.</summary>
/// <param name="Id">What they name it by: the client's <c>ModelId</c> if settings give one in code, else the service key, else the model folder's name.</param>
/// <param name="ServiceKey">The key of its <c>IChatClient</c>; null for the default one.</param>
internal sealed record ServedModel(string Id, string? ServiceKey);
