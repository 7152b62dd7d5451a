using Decant.Connectors.Chat;
using Decant.Connectors.Cpu;
using Decant.Connectors.Torch;
using Microsoft.Extensions.Logging;

namespace Decant.Connectors.Embeddings;

/// <summary>How a <see cref="LocalEmbeddingGenerator"/> is built. Embeddings can be compared only where all but the batch's size is the same.</summary>
public sealed record LocalEmbeddingOptions
{
    /// <summary>The engine to load the model on. Read by <see cref="LocalEmbeddingGenerator.Load"/> only. Default: <see cref="ChatEngine.Auto"/>.</summary>
    public ChatEngine Engine { get; init; } = ChatEngine.Auto;

    /// <summary>The CPU engine's weight format, threads and context length. Read by <see cref="LocalEmbeddingGenerator.Load"/> only, when it takes that engine. Default: <see cref="CpuModelOptions"/>'s.</summary>
    public CpuModelOptions Cpu { get; init; } = new();

    /// <summary>The Torch engine's devices, weight format and context length. Read by <see cref="LocalEmbeddingGenerator.Load"/> only, when it takes that engine. Default: <see cref="TorchModelOptions"/>'s.</summary>
    public TorchModelOptions Torch { get; init; } = new();

    /// <summary>Where the model is loaded and shared, with chat clients too. Read by <see cref="LocalEmbeddingGenerator.Load"/> only. Null (default): a pool of the generator's own.</summary>
    public ModelPool? Pool { get; init; }

    /// <summary>The model id that embeddings and metadata name. Default: the model's name.</summary>
    public string? ModelId { get; init; }

    /// <summary>How hidden states become an embedding. Default: <see cref="EmbeddingPooling.Mean"/>.</summary>
    public EmbeddingPooling Pooling { get; init; } = EmbeddingPooling.Mean;

    /// <summary>Whether embeddings have length 1, so that their dot product is their cosine. Default: true.</summary>
    public bool Normalizes { get; init; } = true;

    /// <summary>Most tokens of a text, what the tokenizer and <see cref="EmbeddingPooling.PromptEol"/> put around it included. At least 1; null (default) or more than the model's context: the context.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Whether only the beginning of a longer text is read. False (default): it is an error that says which text it is.</summary>
    public bool TruncatesLongTexts { get; init; }

    /// <summary>Most tokens, of all texts together, in one forward: bounds memory, and changes no embedding on the CPU engine. At least 1. Default: 1,024.</summary>
    public int MaxTokensPerForward { get; init; } = 1024;

    /// <summary>Whether disposing the generator disposes the model it was created over. Default: true.</summary>
    public bool OwnsModel { get; init; } = true;

    /// <summary>Where to log; null (default) logs nothing. Texts are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock of creation times. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>What of it says how the model is loaded.</summary>
    internal LocalChatClientOptions Loading => new() { Engine = Engine, Cpu = Cpu, Torch = Torch };

    /// <exception cref="ArgumentException">A member is out of range; the exception names it.</exception>
    internal void Validate()
    {
        Loading.Validate();
        if (!Enum.IsDefined(Pooling)) throw new ArgumentOutOfRangeException(nameof(Pooling), Pooling, $"Pooling takes {string.Join(", ", Enum.GetNames<EmbeddingPooling>())}.");
        if (MaxTokens is < 1) throw new ArgumentOutOfRangeException(nameof(MaxTokens), MaxTokens, "MaxTokens takes 1 or more tokens, or null for the model's context.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTokensPerForward, 1);
        ArgumentNullException.ThrowIfNull(TimeProvider);
    }
}
