using Decant.Connectors.Cpu.Forward;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Cpu.Threading;
using Decant.Connectors.Engines;
using Decant.Connectors.Models;
using Decant.Decoding;

namespace Decant.Connectors.Cpu;

/// <summary>A causal language model on the processor, in managed code only.</summary>
/// <remarks>
/// Batch-invariant: a row's logits are the same bits whatever else runs in the forward, in whichever chunks its prompt was read,
/// on whichever instruction set. Safe for concurrent use: callers that arrive while a forward runs share the next one.
/// </remarks>
public sealed class CpuModel : ICausalModel, IBatchingEngine
{
    private readonly CpuWeights _weights;
    private readonly WorkerPool _team;
    private readonly TransformerForward _forward;
    private readonly ForwardService _service;
    private readonly List<ForwardEntry> _running = [];
    private int _disposed;

    private CpuModel(CpuWeights weights, string name, int contextLength, int threads, int? kvTokens)
    {
        _weights = weights;
        _team = WorkerPool.Rent(threads);
        _forward = new TransformerForward(weights, _team);
        var pages = kvTokens / KvLayout.PageTokens;
        Pages = new KvPool(weights.Kv, pages ?? int.MaxValue);
        Memory = new KvMemory(pages * (long)KvLayout.PageTokens, () => Pages.PagesInUse * (long)KvLayout.PageTokens);
        Info = new ModelInfo(
            name, weights.Config.VocabularySize, weights.Config.HiddenSize, weights.Config.LayerCount, weights.Config.HeadCount, contextLength,
            ModelCapabilities.TreeRows | ModelCapabilities.Fork | ModelCapabilities.EmbeddingInput | ModelCapabilities.HiddenStates
            | ModelCapabilities.EarlyExit | ModelCapabilities.AttentionMaps | ModelCapabilities.ExportImport | ModelCapabilities.ResidualEdits | ModelCapabilities.LayerPlans | ModelCapabilities.BatchInvariant);
        _service = new ForwardService(Info, Memory, Run, new StepPlanner(slices: true, AttentionReach(weights.Config)));
    }

    /// <inheritdoc/>
    public ModelInfo Info { get; }

    /// <inheritdoc/>
    public double Batch => _service.Counter.Batch;

    /// <summary>What the checkpoint's config.json describes.</summary>
    public ModelConfig Config => _weights.Config;

    /// <summary>Bytes of weights that one forward of one row reads: the embedding table counts only where it is also the output head.</summary>
    public long WeightBytes => _weights.BytesPerForward;

    KvMemory IBatchingEngine.Memory => Memory;

    StepCounter IBatchingEngine.Steps => _service.Counter;

    internal KvPool Pages { get; }

    internal KvMemory Memory { get; }

    /// <summary>Loads a Hugging Face model folder (config.json and safetensors).</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Weight format, threads and context; null for the defaults.</param>
    /// <param name="progress">Told the fraction loaded, 0 … 1.</param>
    /// <param name="cancellationToken">Stops the load between two panels of a matrix.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">config.json or the weights are missing.</exception>
    /// <exception cref="InvalidDataException">A file is truncated or garbled, or a tensor has the wrong shape; the message names it.</exception>
    /// <exception cref="NotSupportedException">The model type or a setting is unknown; the message names it and lists what is known.</exception>
    public static CpuModel Load(
        string folder, CpuModelOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new CpuModelOptions();
        options.Validate();
        using var checkpoint = Checkpoint.Open(folder);
        var context = checkpoint.Config.ContextFor(options.ContextLength);
        var threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        var weights = CpuWeights.Load(checkpoint, options, context, progress, cancellationToken);
        return new CpuModel(weights, checkpoint.Name, context, threads, options.KvTokens);
    }

    /// <inheritdoc/>
    public ISequence OpenSequence()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return new CpuSequence(this);
    }

    /// <inheritdoc/>
    public void Embed(ReadOnlySpan<int> ids, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        InputCheck.Validate(ids, destination, Info);
        for (var i = 0; i < ids.Length; i++) _weights.Embed(ids[i], destination.Slice(i * Info.HiddenSize, Info.HiddenSize));
    }

    /// <inheritdoc/>
    public ValueTask<ForwardResult[]> ForwardAsync(ReadOnlyMemory<SequenceForward> batch, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _service.ForwardAsync(this, batch, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _forward.Dispose();
        _team.Dispose();
        Pages.Dispose();
        _weights.Dispose();
    }

    internal ValueTask<ForwardResult> ForwardAsync(CpuSequence sequence, ForwardInput input, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _service.ForwardAsync(sequence, input, cancellationToken);
    }

    // Multiplications of a row's products with weights, over those of its attention to one position, which are about three times as slow.
    private static double AttentionReach(ModelConfig config)
    {
        double heads = config.HeadCount * config.HeadSize, keys = config.KeyValueHeadCount * config.HeadSize;
        var products = config.HiddenSize * ((2 * heads) + (2 * keys) + (config.IntermediateSize * (config.Gated ? 3.0 : 2.0)));
        return products / (2 * heads) / 3;
    }

    private void Run(IReadOnlyList<ForwardRequest> requests)
    {
        _running.Clear();
        for (var i = 0; i < requests.Count; i++) _running.Add((ForwardEntry)requests[i]);
        _forward.Run(_running);
    }
}
