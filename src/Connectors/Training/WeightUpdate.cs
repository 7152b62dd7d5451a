using Decant.Connectors.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Decant.Connectors.Training;

/// <summary>
/// Turns gradients into new weights. With bfloat16 the passes run over a rounded copy of the model, whose gradients are brought to the float32
/// weights before the update and which is rounded anew after it.
/// </summary>
internal sealed class WeightUpdate : IDisposable
{
    private readonly TorchTransformer _model;
    private readonly Parameter[] _weights;
    private readonly AdamW _adam;

    public WeightUpdate(TorchTransformer model, TrainerOptions options)
    {
        _model = model;
        _weights = [.. model.Parameters.Values];
        Network = options.Precision == TrainingPrecision.BFloat16 ? model.CopyAs(ScalarType.BFloat16) : model;
        _adam = new AdamW(_weights, options);
    }

    /// <summary>The model to run forwards and backwards.</summary>
    public TorchTransformer Network { get; }

    private bool IsRounded => !ReferenceEquals(Network, _model);

    /// <summary>Takes over the gradients of one backward pass. Sums of several are float32 in any case.</summary>
    public void Collect()
    {
        if (!IsRounded) return;
        using var scope = NewDisposeScope();
        foreach (var (name, weight) in _model.Parameters)
        {
            var rounded = Network.Parameters[name];
            if (rounded.grad is not { } gradient) continue;
            var added = gradient.to(ScalarType.Float32);
            weight.grad = weight.grad is { } sum ? sum.add(added, KeptScalars.One) : added;
            rounded.grad = null;
        }
    }

    /// <summary>Updates the weights and clears the gradients. Gradients that are not numbers change nothing.</summary>
    /// <param name="step">Updates done before.</param>
    /// <param name="rate">Learning rate.</param>
    /// <returns>The gradients' norm before clipping.</returns>
    public double Apply(int step, double rate)
    {
        var norm = _adam.Step(step, rate);
        if (IsRounded) Round();
        return norm;
    }

    public bool IsFinite()
    {
        using var scope = NewDisposeScope();
        return _weights.All(weight => weight.detach().isfinite().all().item<bool>());
    }

    public void Save(string path) => _adam.Save(path);

    public void Load(string path) => _adam.Load(path);

    public void Dispose()
    {
        _adam.Dispose();
        if (IsRounded) Network.Dispose();
    }

    private void Round()
    {
        using var gradients = no_grad();
        foreach (var (name, weight) in _model.Parameters) Network.Parameters[name].copy_(weight);
    }
}
