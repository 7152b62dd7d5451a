using Decant.Connectors.Models;
using static TorchSharp.torch;

namespace Decant.Connectors.Torch.Weights;

/// <summary>Puts a checkpoint's tensors together and on their devices. Knows where weights go, not what they are called.</summary>
internal sealed class TorchWeightLoader(
    Checkpoint checkpoint, IReadOnlyList<Device> devices, TorchWeightFormat format, IProgress<double>? progress, CancellationToken cancellationToken)
{
    private readonly ModelConfig _config = checkpoint.Config;
    private readonly CheckpointLayout _layout = checkpoint.Layout;
    private readonly long _total = checkpoint.Layout.Slices().Sum(slice => (long)slice.Rows * slice.Columns);
    private readonly ScalarType _dtype = DType(format, checkpoint, devices[0]);
    private long _read;

    /// <exception cref="OperationCanceledException">The token was cancelled; everything allocated so far is freed.</exception>
    public TorchWeights Load()
    {
        // The scope frees what was loaded when something throws.
        using var mode = no_grad();
        using var scope = NewDisposeScope();
        var weights = new TorchWeights(_config, devices, _dtype);
        var (first, last) = (devices[0], devices[^1]);
        weights.Embedding = Matrix([_layout.Embedding], first);
        if (_layout.PositionEmbedding is { } positions) weights.Positions = Matrix([positions], first);
        for (var layer = 0; layer < _config.LayerCount; layer++) weights.Layers[layer] = Layer(_layout.Layers[layer], layer * devices.Count / _config.LayerCount);
        weights.FinalNorm = Norm(_layout.FinalNorm, last)!;
        weights.Head = _layout.Head is null && format != TorchWeightFormat.Int8 && TorchWeights.Same(first, last)
            ? new TorchLinear(weights.Embedding.alias(), null, int8: false)
            : Linear([_layout.Head ?? _layout.Embedding], [null], last);
        scope.Detach(scope.DisposablesView);
        progress?.Report(1);
        return weights;
    }

    private static ScalarType DType(TorchWeightFormat format, Checkpoint checkpoint, Device device) => format switch
    {
        TorchWeightFormat.Float32 => ScalarType.Float32,
        TorchWeightFormat.BFloat16 or TorchWeightFormat.Int8 => ScalarType.BFloat16,
        TorchWeightFormat.Float16 => ScalarType.Float16,
        _ => checkpoint.Tensors.Get(checkpoint.Layout.Embedding.Tensor).Type switch
        {
            ElementType.BF16 => ScalarType.BFloat16,
            ElementType.F16 when device.type == TorchSharp.DeviceType.CUDA => ScalarType.Float16,
            _ => ScalarType.Float32,
        },
    };

    private TorchLayer Layer(LayerWeights l, int place)
    {
        var device = devices[place];
        return new TorchLayer
        {
            Place = place,
            Qkv = Linear([l.Query, l.Key, l.Value], [l.QueryBias, l.KeyBias, l.ValueBias], device),
            Output = Linear([l.Output], [l.OutputBias], device),
            GateUp = l.Gate is { } gate ? Linear([gate, l.Up], [l.GateBias, l.UpBias], device) : Linear([l.Up], [l.UpBias], device),
            Down = Linear([l.Down], [l.DownBias], device),
            InputNorm = Norm(l.InputNorm, device),
            PostAttentionNorm = Norm(l.PostAttentionNorm, device),
            PreMlpNorm = Norm(l.PreMlpNorm, device),
            PostMlpNorm = Norm(l.PostMlpNorm, device),
            QueryNorm = Norm(l.QueryNorm, device),
            KeyNorm = Norm(l.KeyNorm, device),
        };
    }

    private TorchLinear Linear(WeightSlice[] slices, VectorSlice?[] biases, Device device) =>
        new(Matrix(slices, device), Bias(slices, biases, device), format == TorchWeightFormat.Int8);

    /// <summary>Slices below each other.</summary>
    private Tensor Matrix(WeightSlice[] slices, Device device)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var matrix = slices.Length == 1 ? Slice(slices[0], device) : cat([.. slices.Select(slice => Slice(slice, device))], 0);
        _read += slices.Sum(slice => (long)slice.Rows * slice.Columns);
        progress?.Report(Math.Min(1, _read / (double)_total));
        return matrix.MoveToOuterDisposeScope();
    }

    private Tensor Slice(WeightSlice slice, Device device)
    {
        var whole = TensorReader.Read(checkpoint.Tensors.Get(slice.Tensor), _dtype, device);
        var part = slice.Rows == slice.TensorRows ? whole : whole.narrow(slice.Transposed ? 1 : 0, slice.RowStart, slice.Rows);
        return slice.Transposed ? part.t().contiguous() : part;
    }

    private Tensor? Bias(WeightSlice[] slices, VectorSlice?[] biases, Device device)
    {
        if (biases.All(bias => bias is null)) return null;
        using var scope = NewDisposeScope();
        var parts = biases.Select((bias, i) => bias is null
            ? zeros(slices[i].Rows, _dtype, device)
            : TensorReader.Read(checkpoint.Tensors.Get(bias.Tensor), _dtype, device).narrow(0, bias.Start, bias.Count));
        return cat([.. parts], 0).MoveToOuterDisposeScope();
    }

    private TorchNorm? Norm(NormWeights? norm, Device device)
    {
        if (norm is null) return null;
        // 1 + w keeps its precision: rounded to half, small w would vanish.
        var dtype = _config.NormAddsOne ? ScalarType.Float32 : _dtype;
        var weight = Vector(norm.Weight, dtype, device);
        if (_config.NormAddsOne) weight.add_(KeptScalars.One);
        return new TorchNorm(weight, norm.Bias is null ? null : Vector(norm.Bias, dtype, device), _config.Norm, _config.NormEpsilon);
    }

    private Tensor Vector(string name, ScalarType dtype, Device device) => TensorReader.Read(checkpoint.Tensors.Get(name), dtype, device);
}
