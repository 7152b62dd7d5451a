namespace Decant.Hosting;

/// <summary>A registered embedding generator as the server's callers know it.</summary>
/// <param name="Id">What they name it by: the generator's <c>ModelId</c> if settings give one, else the service key, else the model folder's name.</param>
/// <param name="ServiceKey">The key of its <c>IEmbeddingGenerator</c>; null for the default one.</param>
internal sealed record ServedEmbeddingModel(string Id, string? ServiceKey);
