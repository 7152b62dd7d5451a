using Decant.Connectors.Embeddings;

namespace Decant.Hosting;

/// <summary>Which model a registered embedding generator loads, when and how. Configured under the generator's service key as name.</summary>
public sealed class LocalEmbeddingGeneratorSettings
{
    /// <summary>The Hugging Face model folder, or the name of one of <c>EmbeddedModels</c>. Required.</summary>
    public string ModelFolder { get; set; } = "";

    /// <summary>How the generator is built. Without a logger factory or a pool of its own it gets the container's: with the folder and engine options of a chat client it shares that one's model.</summary>
    public LocalEmbeddingOptions Generator { get; set; } = new();

    /// <summary>When the model is loaded. Default: when the generator is first asked for.</summary>
    public ModelWarmup Warmup { get; set; } = ModelWarmup.WhenFirstAsked;
}
