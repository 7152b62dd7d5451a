using Decant.Connectors.Chat;
using Microsoft.Extensions.Hosting;

namespace Decant.Hosting;

/// <summary>Which model a registered chat client loads, when and how. Configured under the client's service key as name.</summary>
public sealed class LocalChatClientSettings
{
    /// <summary>The Hugging Face model folder, or the name of one of <c>EmbeddedModels</c>. Required.</summary>
    public string ModelFolder { get; set; } = "";

    /// <summary>How the client is built. Without a logger factory or a pool of its own it gets the container's.</summary>
    public LocalChatClientOptions Client { get; set; } = new();

    /// <summary>When the model is loaded. Default: when the client is first asked for.</summary>
    public ModelWarmup Warmup { get; set; } = ModelWarmup.WhenFirstAsked;

    /// <summary>
    /// How long running calls may go on when the host stops; then they are cancelled. New calls throw <see cref="HostStoppingException"/> meanwhile. At least 0, less than
    /// <see cref="HostOptions.ShutdownTimeout"/>. Default: 10 seconds.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
