using Decant.Connectors.Models;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Weights;

/// <summary>A checkpoint on its devices. Immutable after loading; shared by every forward.</summary>
internal sealed class TorchWeights(ModelConfig config, IReadOnlyList<Device> devices, ScalarType dtype) : IDisposable
{
    public ModelConfig Config => config;

    /// <summary>The devices layers are placed over; one may occur twice.</summary>
    public IReadOnlyList<Device> Devices => devices;

    /// <summary>Type of the computation.</summary>
    public ScalarType DType => dtype;

    public TorchLayer?[] Layers { get; } = new TorchLayer?[config.LayerCount];

    /// <summary>Token embeddings, on the first device.</summary>
    public Tensor Embedding { get; set; } = null!;

    /// <summary>Learned position embeddings, on the first device, or null.</summary>
    public Tensor? Positions { get; set; }

    /// <summary>On the last device, like <see cref="Head"/>.</summary>
    public TorchNorm FinalNorm { get; set; } = null!;

    public TorchLinear Head { get; set; } = null!;

    /// <summary>Bytes of weights that a forward of one row reads.</summary>
    public long BytesPerForward => Head.Bytes + Layers.Sum(layer => layer!.Bytes);

    public TorchLayer Layer(int index) => Layers[index]!;

    public static bool Same(Device a, Device b) => a.type == b.type && Math.Max(a.index, 0) == Math.Max(b.index, 0);

    public void Dispose()
    {
        foreach (var layer in Layers) layer?.Dispose();
        Embedding?.Dispose();
        Positions?.Dispose();
        FinalNorm?.Dispose();
        Head?.Dispose();
    }
}
