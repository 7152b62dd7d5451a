using System.Collections.Concurrent;
using Decant.Connectors.Chat;

namespace Decant.Hosting;

/// <summary>The container's chat clients that are loaded by now. Asking it loads nothing, as asking the container would.</summary>
internal sealed class LoadedClients
{
    private readonly ConcurrentDictionary<string, LocalChatClient> _clients = [];

    /// <summary>Adds a client under the name of its settings.</summary>
    public void Add(string name, LocalChatClient client) => _clients[name] = client;

    /// <summary>A served model's client, or null where it is not loaded yet.</summary>
    public LocalChatClient? Find(ServedModel model) => _clients.GetValueOrDefault(model.ServiceKey ?? Microsoft.Extensions.Options.Options.DefaultName);
}
