using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Torch.Weights;

/// <summary>A weight matrix [out, in] with its bias, on its device: in the computation's type, or int8 with a scale per output.</summary>
internal sealed class TorchLinear : IDisposable
{
    private readonly Tensor _weight;
    private readonly Tensor _transposed;
    private readonly Tensor? _scales;
    private readonly Tensor? _bias;

    /// <summary>Takes ownership of the tensors. Those it makes belong to the surrounding dispose scope, like them.</summary>
    public TorchLinear(Tensor weight, Tensor? bias, bool int8)
    {
        using var scope = NewDisposeScope();
        if (int8)
        {
            var exact = weight.to(ScalarType.Float32);
            var scales = exact.abs().amax([-1], keepdim: true).clamp_min(KeptScalars.Of(1e-30)).div(KeptScalars.Of(127)).to(ScalarType.BFloat16);
            _weight = exact.div(scales.to(ScalarType.Float32)).round().clamp(KeptScalars.Of(-127), KeptScalars.Of(127)).to(ScalarType.Int8).MoveToOuterDisposeScope();
            _scales = scales.squeeze(-1).contiguous().MoveToOuterDisposeScope();
            weight.Dispose();
        }
        else
        {
            _weight = weight;
        }

        _transposed = _weight.t().MoveToOuterDisposeScope();
        _bias = bias;
    }

    public long Bytes => _weight.NumberOfElements * _weight.ElementSize;

    /// <summary>[rows, in] to [rows, out].</summary>
    public Tensor Apply(Tensor x)
    {
        if (_scales is null) return functional.linear(x, _weight, _bias!);
        var product = TorchScripts.Int8Product(x.contiguous(), _weight, _scales);
        return _bias is null ? product : product.add_(_bias, KeptScalars.One);
    }

    /// <summary>Adds scale · (x Wᵀ + bias) to <paramref name="sum"/>, in place and, where possible, in one operator.</summary>
    public void AddTo(Tensor sum, Tensor x, float scale)
    {
        if (_scales is null && _bias is null) sum.addmm_(x, _transposed, 1, scale);
        else sum.add_(Apply(x), KeptScalars.Of(scale));
    }

    public void Dispose()
    {
        _weight.Dispose();
        _transposed.Dispose();
        _scales?.Dispose();
        _bias?.Dispose();
    }
}
