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
    private readonly TrainerOptions _options;
    private readonly TorchTransformer _model;
    private readonly Parameter[] _weights;
    private readonly AdamW _adam;

    public WeightUpdate(TorchTransformer model, TrainerOptions options)
    {
        (_model, _options) = (model, options);
        _weights = [.. model.Parameters.Values];
        Network = options.Precision == TrainingPrecision.BFloat16 ? model.CopyAs(ScalarType.BFloat16) : model;
        _adam = optim.AdamW(
            [Group(_weights.Where(weight => weight.dim() > 1), options.WeightDecay), Group(_weights.Where(weight => weight.dim() == 1), 0)], options.LearningRate);
    }

    /// <summary>The model to run forwards and backwards.</summary>
    public TorchTransformer Network { get; }

    private bool IsRounded => !ReferenceEquals(Network, _model);

    /// <summary>Clips the gradients, updates the weights and clears the gradients.</summary>
    /// <returns>The gradients' norm before clipping.</returns>
    public double Apply(double rate)
    {
        if (IsRounded) TakeGradients();
        var norm = nn.utils.clip_grad_norm_(_weights, _options.ClipNorm);
        foreach (var group in _adam.ParamGroups) group.LearningRate = rate;
        _adam.step();
        _adam.zero_grad();
        if (IsRounded) Round();
        return norm;
    }

    public bool IsFinite()
    {
        using var scope = NewDisposeScope();
        return _weights.All(weight => weight.detach().isfinite().all().item<bool>());
    }

    public void Save(string path) => _adam.save_state_dict(path);

    public void Load(string path) => _adam.load_state_dict(path);

    public void Dispose()
    {
        _adam.Dispose();
        if (IsRounded) Network.Dispose();
    }

    private AdamW.ParamGroup Group(IEnumerable<Parameter> weights, double decay) => new(weights, new AdamW.Options
    {
        LearningRate = _options.LearningRate,
        InitialLearningRate = _options.LearningRate,
        beta1 = _options.Beta1,
        beta2 = _options.Beta2,
        weight_decay = decay,
    });

    private void TakeGradients()
    {
        foreach (var (name, weight) in _model.Parameters)
        {
            var rounded = Network.Parameters[name];
            weight.grad = rounded.grad?.to(ScalarType.Float32).DetachFromDisposeScope();
            rounded.grad = null;
        }
    }

    private void Round()
    {
        using var gradients = no_grad();
        foreach (var (name, weight) in _model.Parameters) Network.Parameters[name].copy_(weight);
    }
}
