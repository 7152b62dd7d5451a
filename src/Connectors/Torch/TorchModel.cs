using System.Runtime.InteropServices;
using Decant.Connectors.Engines;
using Decant.Connectors.Models;
using Decant.Connectors.Torch.Forward;
using Decant.Connectors.Torch.Memory;
using Decant.Connectors.Torch.Weights;
using Decant.Decoding;
using TorchSharp;

namespace Decant.Connectors.Torch;

/// <summary>A causal language model on libtorch: CUDA devices, or the CPU.</summary>
/// <remarks>
/// Safe for concurrent use: callers that arrive while a forward runs share the next one. Unlike the CPU engine it is not batch-invariant: what
/// else runs in a forward can change a row's last bits. All work on tensors happens inside one synchronous call; results lie in host memory.
/// </remarks>
public sealed class TorchModel : ICausalModel, IBatchingEngine
{
    private readonly TorchWeights _weights;
    private readonly ForwardPass _forward;
    private readonly ForwardService _service;
    private readonly DescentPass? _descent;
    private int _disposed;

    private TorchModel(TorchWeights weights, string name, int contextLength, TorchModelOptions options)
    {
        _weights = weights;
        Cache = new KvCache(weights, options.CacheTokens, options.KvTokens);
        _forward = new ForwardPass(weights, Cache, contextLength);
        if (weights is { DType: torch.ScalarType.Float32, Devices.Count: 1 }) _descent = new DescentPass(weights, Cache, contextLength);
        // What gradients have moved cannot be read again.
        Memory = new KvMemory(options.KvTokens / KvCache.PageTokens * (long)KvCache.PageTokens, () => Cache.PagesInUse * (long)KvCache.PageTokens, preempts: _descent is null);
        Info = new ModelInfo(
            name, weights.Config.VocabularySize, weights.Config.HiddenSize, weights.Config.LayerCount, weights.Config.HeadCount, contextLength,
            ModelCapabilities.TreeRows | ModelCapabilities.Fork | ModelCapabilities.EmbeddingInput | ModelCapabilities.HiddenStates
            | ModelCapabilities.EarlyExit | ModelCapabilities.AttentionMaps | ModelCapabilities.ExportImport | ModelCapabilities.ResidualEdits | ModelCapabilities.LayerPlans
            | (_descent is null ? ModelCapabilities.None : ModelCapabilities.Gradients));
        _service = new ForwardService(Info, Memory, _forward.Run, new StepPlanner(slices: false, reach: double.PositiveInfinity));
    }

    /// <inheritdoc/>
    public ModelInfo Info { get; }

    /// <inheritdoc/>
    public double Batch => _service.Counter.Batch;

    /// <summary>What the checkpoint's config.json describes.</summary>
    public ModelConfig Config => _weights.Config;

    /// <summary>The devices the layers are placed over, in order.</summary>
    public IReadOnlyList<string> Devices => [.. _weights.Devices.Select(device => device.ToString())];

    /// <summary>Bytes of weights that one forward of one row reads: the embedding table counts only where it is also the output head.</summary>
    public long WeightBytes => _weights.BytesPerForward;

    KvMemory IBatchingEngine.Memory => Memory;

    StepCounter IBatchingEngine.Steps => _service.Counter;

    internal KvCache Cache { get; }

    internal KvMemory Memory { get; }

    internal torch.ScalarType DType => _weights.DType;

    /// <summary>Loads a Hugging Face model folder (config.json and safetensors).</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Devices, weight format and context; null for the defaults.</param>
    /// <param name="progress">Told the fraction loaded, 0 … 1.</param>
    /// <param name="cancellationToken">Stops the load between two matrices.</param>
    /// <exception cref="IOException">The folder, config.json or the weights are missing.</exception>
    /// <exception cref="InvalidDataException">A file is truncated or garbled, or a tensor has the wrong shape; the message names it.</exception>
    /// <exception cref="NotSupportedException">The model type or a setting is unknown, or a device is not there; the message names it.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    /// <exception cref="InsufficientMemoryException">The weights or the first rows of cache do not fit on the devices.</exception>
    /// <exception cref="OperationCanceledException">The load was stopped.</exception>
    public static TorchModel Load(
        string folder, TorchModelOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new TorchModelOptions();
        options.Validate();
        using var checkpoint = Checkpoint.Open(folder);
        var context = checkpoint.Config.ContextFor(options.ContextLength);
        var devices = OpenDevices(options.Devices);
        var weights = LoadWeights(checkpoint, devices, options.Weights, progress, cancellationToken);
        try
        {
            return new TorchModel(weights, checkpoint.Name, context, options);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ISequence OpenSequence()
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return new TorchSequence(this);
    }

    /// <inheritdoc/>
    public void Embed(ReadOnlySpan<int> ids, Span<float> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        InputCheck.Validate(ids, destination, Info);
        _forward.Embed(ids, destination);
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
        _descent?.Dispose();
        Cache.Dispose();
        _weights.Dispose();
    }

    internal ValueTask<ForwardResult> ForwardAsync(TorchSequence sequence, ForwardInput input, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _service.ForwardAsync(sequence, input, cancellationToken);
    }

    /// <exception cref="NotSupportedException">The weights are not float32 on one device.</exception>
    internal CacheDescentResult Descend(CacheDescent descent, long[] slots, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _descent?.Run(descent, slots, cancellationToken)
            ?? throw new NotSupportedException($"Gradients need weights of float32 on one device, and {Info.Name} has others: load it with {nameof(TorchModelOptions.Weights)} = {nameof(TorchWeightFormat.Float32)}.");
    }

    private static TorchWeights LoadWeights(
        Checkpoint checkpoint, IReadOnlyList<torch.Device> devices, TorchWeightFormat format, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        try
        {
            return new TorchWeightLoader(checkpoint, devices, format, progress, cancellationToken).Load();
        }
        catch (ExternalException exception) when (TorchBackend.IsOutOfMemory(exception))
        {
            throw new InsufficientMemoryException(
                $"The weights of {checkpoint.Name} do not fit on {string.Join(", ", devices)}. Load with Int8, name more Devices, or take a smaller model.", exception);
        }
    }

    /// <summary>The devices of these names; none for the first CUDA device, or the CPU.</summary>
    /// <exception cref="NotSupportedException">A device is not there.</exception>
    internal static List<torch.Device> OpenDevices(IReadOnlyList<string> names)
    {
        TorchBackend.Load();
        var cudaDevices = TorchBackend.CudaDeviceCount();
        if (names.Count == 0) names = [cudaDevices > 0 ? "cuda:0" : "cpu"];
        foreach (var name in names.Where(name => name != "cpu"))
        {
            var index = name == "cuda" ? 0 : int.Parse(name.AsSpan(5), System.Globalization.CultureInfo.InvariantCulture);
            if (index >= cudaDevices)
                throw new NotSupportedException(
                    $"Devices names {name}, but libtorch sees {cudaDevices} CUDA devices. Check nvidia-smi, and that the backend is one for CUDA (dotnet add package TorchSharp-cuda-linux, or -p:TorchBackend=cuda).");
        }

        return [.. names.Select(name => new torch.Device(name == "cuda" ? "cuda:0" : name))];
    }
}
