using Decant.Connectors.Chat;

namespace Decant.Hosting;

/// <summary>Which model a registered chat client loads, and how. Configured under the client's service key as name.</summary>
public sealed class LocalChatClientSettings
{
    /// <summary>The Hugging Face model folder, or the name of one of <c>EmbeddedModels</c>. Required.</summary>
    public string ModelFolder { get; set; } = "";

    /// <summary>How the client is built. Without a logger factory of its own it gets the container's.</summary>
    public LocalChatClientOptions Client { get; set; } = new();
}
