using Decant.Connectors.Cpu;
using Decant.Connectors.Torch;
using Decant.Decoding;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Decant.Connectors.Chat;

/// <summary>How a <see cref="LocalChatClient"/> is built. What changes from call to call is in <see cref="ChatOptions"/>.</summary>
public sealed record LocalChatClientOptions
{
    /// <summary>The engine to load the model on. Read by <see cref="LocalChatClient.Load"/> only. Default: <see cref="ChatEngine.Auto"/>.</summary>
    public ChatEngine Engine { get; init; } = ChatEngine.Auto;

    /// <summary>The CPU engine's weight format, threads and context length. Read by <see cref="LocalChatClient.Load"/> only, when it takes that engine. Default: <see cref="CpuModelOptions"/>'s.</summary>
    public CpuModelOptions Cpu { get; init; } = new();

    /// <summary>The Torch engine's devices, weight format and context length. Read by <see cref="LocalChatClient.Load"/> only, when it takes that engine. Default: <see cref="TorchModelOptions"/>'s.</summary>
    public TorchModelOptions Torch { get; init; } = new();

    /// <summary>The model id that responses and metadata name. Default: the model's name.</summary>
    public string? ModelId { get; init; }

    /// <summary>
    /// How calls decode where they do not say otherwise, slot by slot. Without sampling or processors: those of the model folder's generation_config.json, and without one
    /// temperature 1 with nothing cut off.
    /// </summary>
    public DecodingOptions? DefaultDecoding { get; init; }

    /// <summary>Other models that decoding options may name (draft models, experts, amateurs): name to Hugging Face folder. Each is loaded when first needed, with this client's engine options. The embedded models are known by their names. Default: none.</summary>
    public IReadOnlyDictionary<string, string> Models { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the model and those that options name are loaded and shared: clients and embedding generators with the same pool load a folder once. Null (default): a pool of the client's own.</summary>
    public ModelPool? Pool { get; init; }

    /// <summary>What else decoding options may name: processors, grounders … Default: nothing.</summary>
    public DecodingServices Services { get; init; } = new();

    /// <summary>Whether to ignore the model folder's chat template and use <c>ChatTemplate.Plain</c>, for models without chat training. Read by <see cref="LocalChatClient.Load"/> only. Default: false.</summary>
    public bool PlainPrompt { get; init; }

    /// <summary>Most prompts and conversations whose model state is kept, so that what begins like one of them reads only what is new; at least 0 (off). Default: 64.</summary>
    public int PrefixCacheSequences { get; init; } = 64;

    /// <summary>Most tokens of model state kept for all of them together, a beginning that several share counted once; at least 0. Default: 16,384.</summary>
    public int PrefixCacheTokens { get; init; } = 16_384;

    /// <summary>Most prompt tokens per forward; cancellation is checked between forwards. At least 1. Default: 256.</summary>
    public int PrefillChunk { get; init; } = 256;

    /// <summary>Most calls that are answered at a time; others wait, by priority and then in order. At least 1; null (default): no limit.</summary>
    public int? MaxRunningCalls { get; init; }

    /// <summary>Most calls that wait for their turn; one more throws <see cref="QueueFullException"/>. At least 0; null (default): no limit.</summary>
    public int? MaxQueuedCalls { get; init; }

    /// <summary>Whether disposing the client disposes the model. Default: true.</summary>
    public bool OwnsModel { get; init; } = true;

    /// <summary>Where to log; null (default) logs nothing. The texts of messages and answers are never logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock of creation times and statistics. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentOutOfRangeException">A member is out of range; the exception names it.</exception>
    internal void Validate()
    {
        if (!Enum.IsDefined(Engine)) throw new ArgumentOutOfRangeException(nameof(Engine), Engine, "Engine takes Auto, Cpu or Torch.");
        ArgumentNullException.ThrowIfNull(Cpu);
        ArgumentNullException.ThrowIfNull(Torch);
        Cpu.Validate();
        Torch.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(PrefixCacheSequences);
        ArgumentOutOfRangeException.ThrowIfNegative(PrefixCacheTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(PrefillChunk, 1);
        if (MaxRunningCalls is { } running) ArgumentOutOfRangeException.ThrowIfLessThan(running, 1, nameof(MaxRunningCalls));
        if (MaxQueuedCalls is { } queued) ArgumentOutOfRangeException.ThrowIfNegative(queued, nameof(MaxQueuedCalls));
        ArgumentNullException.ThrowIfNull(TimeProvider);
        ArgumentNullException.ThrowIfNull(Models);
        ArgumentNullException.ThrowIfNull(Services);
        DefaultDecoding?.Validate();
    }
}
