using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>The models that requests may name.</summary>
internal sealed class ServedModels
{
    private readonly ModelLoads _loads;
    private readonly Dictionary<string, string?> _chat;
    private readonly Dictionary<string, string?> _embedding;

    /// <exception cref="InvalidOperationException">Two of a kind have one id; the message says what to do.</exception>
    public ServedModels(ModelLoads loads, IEnumerable<ServedModel> chat, IEnumerable<ServedEmbeddingModel> embedding)
    {
        _loads = loads;
        _chat = KeysById(chat.Select(model => (model.Id, model.ServiceKey)), "chat clients");
        _embedding = KeysById(embedding.Select(model => (model.Id, model.ServiceKey)), "embedding generators");
    }

    /// <summary>All ids; a model that chats and embeds has one.</summary>
    public IEnumerable<string> Ids => _chat.Keys.Union(_embedding.Keys);

    /// <summary>What chats under an id; loads the model where that was left to the first request.</summary>
    /// <param name="id">What a request names; null or empty where it names none, which will do where there is one model.</param>
    /// <param name="cancellationToken">Ends the waiting for the load.</param>
    /// <exception cref="ApiException">There is no such model (the message lists those there are), or it is being loaded for another request, or could not be loaded.</exception>
    public async Task<(string Id, IChatClient Client)> ChatAsync(string? id, CancellationToken cancellationToken)
    {
        var (known, key) = Find(_chat, id, "chats");
        _loads.ThrowIfLoading(known, key);
        return (known, await _loads.GetAsync<IChatClient>(known, key, cancellationToken));
    }

    /// <summary>What embeds texts under an id; loads the model where that was left to the first request.</summary>
    /// <inheritdoc cref="ChatAsync"/>
    public async Task<(string Id, IEmbeddingGenerator<string, Embedding<float>> Generator)> EmbeddingAsync(string? id, CancellationToken cancellationToken)
    {
        var (known, key) = Find(_embedding, id, "embeds texts");
        return (known, await _loads.GetAsync<IEmbeddingGenerator<string, Embedding<float>>>(known, key, cancellationToken));
    }

    private static Dictionary<string, string?> KeysById(IEnumerable<(string Id, string? ServiceKey)> models, string what)
    {
        var keys = new Dictionary<string, string?>();
        foreach (var (id, key) in models)
        {
            if (!keys.TryAdd(id, key)) throw new InvalidOperationException($"Several {what} are called \"{id}\", so requests cannot tell them apart. Give each a ModelId of its own.");
        }

        return keys;
    }

    private static (string Id, string? ServiceKey) Find(Dictionary<string, string?> models, string? id, string what)
    {
        if (string.IsNullOrEmpty(id) && models.Count == 1) id = models.Keys.Single();
        if (id is not null && models.TryGetValue(id, out var key)) return (id, key);
        var asked = string.IsNullOrEmpty(id) ? "The request names no model." : $"There is no model \"{id}\" that {what}.";
        throw new ApiException(StatusCodes.Status404NotFound, $"{asked} Known: {(models.Count > 0 ? string.Join(", ", models.Keys) : "none")}.", "model", "model_not_found");
    }
}
