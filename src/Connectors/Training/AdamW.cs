using Decant.Connectors.Models;
using Decant.Connectors.Torch;
using Decant.Connectors.Torch.Weights;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Decant.Connectors.Training;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019) and clipping by the norm, over all weights as one long vector. TorchSharp's own hands
/// numbers to libtorch that its finalizer may free during the call, which ends long runs with an error now and then.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double Epsilon = 1e-8;
    private readonly TrainerOptions _options;
    private readonly Parameter[] _weights;
    private readonly Tensor _first;
    private readonly Tensor _second;

    /// <param name="weights">Float32 weights; matrices decay, vectors do not.</param>
    /// <param name="options">Rates of memory, decay and clipping.</param>
    public AdamW(IEnumerable<Parameter> weights, TrainerOptions options)
    {
        (_options, _weights) = (options, [.. weights]);
        using var scope = NewDisposeScope();
        var count = _weights.Sum(weight => weight.numel());
        _first = zeros(count, device: _weights[0].device).DetachFromDisposeScope();
        _second = zeros(count, device: _weights[0].device).DetachFromDisposeScope();
    }

    /// <summary>Updates the weights from their gradients and clears those. Gradients that are not numbers change nothing.</summary>
    /// <param name="step">Updates done before.</param>
    /// <param name="rate">Learning rate.</param>
    /// <returns>The gradients' norm before clipping.</returns>
    public double Step(int step, double rate)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var gradient = cat([.. _weights.Select(Gradient)], 0);
        foreach (var weight in _weights) weight.grad = null;
        double norm = gradient.norm().item<float>();
        if (!double.IsFinite(norm)) return norm;

        using var clip = Math.Min(1, _options.ClipNorm / (norm + 1e-6)).ToScalar();
        gradient.mul_(clip);
        Scalar beta1 = KeptScalars.Of(_options.Beta1), beta2 = KeptScalars.Of(_options.Beta2);
        _first.mul_(beta1).add_(gradient, KeptScalars.Of(1 - _options.Beta1));
        _second.mul_(beta2).addcmul_(gradient, gradient, KeptScalars.Of(1 - _options.Beta2));

        // Both averages start at 0 and are too small at first.
        using var size = (-rate / (1 - Math.Pow(_options.Beta1, step + 1))).ToScalar();
        using var correction = (1 / Math.Sqrt(1 - Math.Pow(_options.Beta2, step + 1))).ToScalar();
        using var decay = (1 - rate * _options.WeightDecay).ToScalar();
        var change = _first / _second.sqrt().mul_(correction).add_(KeptScalars.Of(Epsilon));
        change.mul_(size);
        var at = 0L;
        foreach (var weight in _weights)
        {
            if (weight.dim() > 1) weight.mul_(decay);
            weight.add_(change.narrow(0, at, weight.numel()).view(weight.shape), KeptScalars.One);
            at += weight.numel();
        }

        return norm;
    }

    public void Save(string path) => SafetensorsWriter.Write(path, [("first", _first.shape, () => Values(_first)), ("second", _second.shape, () => Values(_second))]);

    /// <exception cref="InvalidDataException">The file is damaged or of another model.</exception>
    public void Load(string path)
    {
        using var file = new SafetensorsFile(path);
        using var scope = NewDisposeScope();
        foreach (var (name, target) in new[] { ("first", _first), ("second", _second) })
        {
            if (!file.Tensors.TryGetValue(name, out var state) || state.Count != target.numel())
                throw new InvalidDataException($"{path} does not hold the state of this model's {target.numel()} weights. Delete the checkpoint's folder to start anew.");
            target.copy_(TensorReader.Read(state, ScalarType.Float32, target.device));
        }
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    // A weight that the loss does not depend on has no gradient.
    private static Tensor Gradient(Parameter weight) => weight.grad is { } gradient ? gradient.reshape(-1) : zeros_like(weight).reshape(-1);

    private static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return [.. tensor.cpu().data<float>()];
    }
}
