using System.Numerics.Tensors;
using Decant.Connectors.Cpu.Kernels;
using Decant.Connectors.Cpu.Memory;
using Decant.Connectors.Models;

namespace Decant.Connectors.Cpu;

/// <summary>A checkpoint packed for the kernels. Immutable after loading; shared by every forward.</summary>
internal sealed class CpuWeights : IDisposable
{
    private readonly int _context;
    private readonly Dictionary<RotarySettings, (float[] Frequencies, float Factor)> _rotary = [];

    private CpuWeights(ModelConfig config, int context)
    {
        Config = config;
        _context = context;
        Kv = new KvLayout(config.LayerCount, config.KeyValueHeadCount, config.HeadSize);
        Layers = new CpuLayer[config.LayerCount];
    }

    public ModelConfig Config { get; }

    public KvLayout Kv { get; }

    public CpuLayer[] Layers { get; }

    /// <summary>The matrices' memory.</summary>
    public NativeArena Arena { get; } = new();

    public PackedMatrix Embedding { get; internal set; } = null!;

    /// <summary>The output head; the embedding itself where they are tied.</summary>
    public PackedMatrix Head { get; internal set; } = null!;

    /// <summary>Learned position embeddings, position × hidden size, or null for rotary models.</summary>
    public CpuVector? Positions { get; internal set; }

    public CpuNorm FinalNorm { get; internal set; } = null!;

    public int QkvRows => (Config.HeadCount + 2 * Config.KeyValueHeadCount) * Config.HeadSize;

    public long BytesPerForward => Head.Bytes + Layers.Sum(layer => layer.Qkv.Bytes + layer.Output.Bytes + layer.GateUp.Bytes + layer.Down.Bytes);

    /// <exception cref="OperationCanceledException">The token was cancelled; everything allocated so far is freed.</exception>
    public static CpuWeights Load(
        Checkpoint checkpoint, CpuModelOptions options, int context, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var weights = new CpuWeights(checkpoint.Config, context);
        try
        {
            new WeightLoader(checkpoint, options, weights.Arena, progress, cancellationToken).Load(weights);
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>Writes what a token enters the first layer with, learned positions aside.</summary>
    public void Embed(int id, Span<float> destination)
    {
        Embedding.ReadRow(id, destination);
        if (Config.EmbeddingMultiplier != 1) TensorPrimitives.Multiply(destination, Config.EmbeddingMultiplier, destination);
    }

    /// <summary>Angles per position and pair, and the factor on cosine and sine, for a row that sees <paramref name="length"/> positions.</summary>
    public (float[] Frequencies, float Factor) Rotary(RotarySettings settings, int length)
    {
        if (settings.DependsOnLength) return (settings.InverseFrequencies(length), (float)settings.Magnitude);
        if (!_rotary.TryGetValue(settings, out var fixedAngles))
            _rotary[settings] = fixedAngles = (settings.InverseFrequencies(_context), (float)settings.Magnitude);
        return fixedAngles;
    }

    public void Dispose()
    {
        foreach (var layer in Layers) layer?.Dispose();
        Arena.Dispose();
        Positions?.Dispose();
        FinalNorm?.Dispose();
    }
}
