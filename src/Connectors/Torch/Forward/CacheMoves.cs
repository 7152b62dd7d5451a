using TorchSharp;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Forward;

/// <summary>The steps of a descent: Adam's, or a layer's gradient divided by a power of its norm. Knows no model.</summary>
/// <param name="values">What is moved: for each layer its keys, then its values.</param>
/// <param name="stepSize">Size of a step.</param>
/// <param name="gamma">The power of the norm, or null for Adam.</param>
internal sealed class CacheMoves(Tensor[] values, double stepSize, double? gamma) : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly Tensor[] _first = gamma is null ? [.. values.Select(value => zeros_like(value).DetachFromDisposeScope())] : [];
    private readonly Tensor[] _second = gamma is null ? [.. values.Select(value => zeros_like(value).DetachFromDisposeScope())] : [];
    private int _steps;

    /// <summary>Moves against the gradients, one for each value.</summary>
    public void Move(IList<Tensor> gradients)
    {
        using var none = no_grad();
        using var scope = NewDisposeScope();
        _steps++;
        if (gamma is { } power) Normalised(gradients, power);
        else Adam(gradients);
    }

    public void Dispose()
    {
        foreach (var tensor in _first.Concat(_second)) tensor.Dispose();
    }

    private void Normalised(IList<Tensor> gradients, double power)
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            double keys = gradients[i].norm().item<float>(), rest = i + 1 < values.Length ? gradients[i + 1].norm().item<float>() : 0;
            var norm = Math.Sqrt((keys * keys) + (rest * rest));
            if (norm == 0) continue;
            using var factor = (-stepSize / Math.Pow(norm, power)).ToScalar();
            for (var j = i; j < Math.Min(i + 2, values.Length); j++) values[j].add_(gradients[j], factor);
        }
    }

    private void Adam(IList<Tensor> gradients)
    {
        using var size = (-stepSize / (1 - Math.Pow(Beta1, _steps))).ToScalar();
        using var correction = (1 / (1 - Math.Pow(Beta2, _steps))).ToScalar();
        for (var i = 0; i < values.Length; i++)
        {
            _first[i].mul_(KeptScalars.Of(Beta1)).add_(gradients[i], KeptScalars.Of(1 - Beta1));
            _second[i].mul_(KeptScalars.Of(Beta2)).addcmul_(gradients[i], gradients[i], KeptScalars.Of(1 - Beta2));
            values[i].add_(_first[i] / _second[i].mul(correction).sqrt().add(KeptScalars.Of(Epsilon), KeptScalars.One), size);
        }
    }
}
