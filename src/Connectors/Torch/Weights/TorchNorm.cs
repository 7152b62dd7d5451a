using Decant.Connectors.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Torch.Weights;

/// <summary>A norm's vectors on their device.</summary>
internal sealed class TorchNorm(Tensor weight, Tensor? bias, NormKind kind, double epsilon) : IDisposable
{
    public long Count { get; } = weight.shape[0];

    /// <summary>Normalises the last dimension.</summary>
    public Tensor Apply(Tensor x)
    {
        if (kind == NormKind.LayerNorm) return functional.layer_norm(x, [Count], weight, bias!, epsilon);
        // A weight that is more exact than the computation (Gemma's 1 + w) is multiplied before rounding.
        return weight.dtype == x.dtype
            ? TorchScripts.RmsNorm(x, weight, epsilon)
            : TorchScripts.RmsNorm(x.to(weight.dtype), weight, epsilon).to(x.dtype);
    }

    public void Dispose()
    {
        weight.Dispose();
        bias?.Dispose();
    }
}
