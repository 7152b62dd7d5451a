using Decant.Connectors.Models;
using Decant.Connectors.Torch.Forward;
using Decant.Connectors.Torch.Weights;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Decant.Connectors.Torch;

/// <summary>
/// A transformer of any known family as a differentiable function of whole sequences: what training needs. Its parameters carry the names
/// and shapes of the family's checkpoints. For generation, with a cache, there is <c>TorchModel</c>.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class TorchTransformer : IDisposable
{
    private readonly CheckpointLayout _layout;
    private readonly Dictionary<string, Parameter> _parameters;
    private readonly RotaryCache _rotary;

    private TorchTransformer(ModelConfig config, CheckpointLayout layout, Func<string, long[], Tensor> values, bool trainable)
    {
        (Config, _layout) = (config, layout);
        using var scope = NewDisposeScope();
        _parameters = layout.Tensors().DistinctBy(tensor => tensor.Name)
            .ToDictionary(tensor => tensor.Name, tensor => (Parameter)new Parameter(values(tensor.Name, tensor.Shape), trainable).DetachFromDisposeScope());
        var embedding = _parameters[layout.Embedding.Tensor];
        (Device, DType) = (embedding.device, embedding.dtype);
        _rotary = new RotaryCache(config, config.ContextLength, DType, Device);
    }

    /// <summary>The model's description.</summary>
    public ModelConfig Config { get; }

    /// <summary>Where the parameters are.</summary>
    public Device Device { get; }

    /// <summary>Type of the parameters and of the computation.</summary>
    public ScalarType DType { get; }

    /// <summary>Every parameter under its name in a Hugging Face checkpoint, in the checkpoint's order. A tied output head is the embedding and is not listed.</summary>
    public IReadOnlyDictionary<string, Parameter> Parameters => _parameters;

    /// <summary>
    /// A new model with random weights: matrices normal with deviation 0.02, those that write to the residual stream smaller by
    /// √(2 · layers) as GPT-2 does, norms the identity, biases 0. The same seed gives the same weights on every device.
    /// </summary>
    /// <param name="config">The model; <see cref="ModelConfig.ModelType"/> decides the tensors' names.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="device">Where to put it; null for the CPU.</param>
    /// <param name="dtype">Type of the parameters.</param>
    /// <exception cref="NotSupportedException">The model type is unknown.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    public static TorchTransformer Create(ModelConfig config, long seed, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        TorchBackend.Load();
        var family = ModelFamily.Find(config.ModelType);
        var layout = family.Layout(config, family.IsUsual);
        var residual = layout.Layers.SelectMany(layer => new[] { layer.Output.Tensor, layer.Down.Tensor }).ToHashSet();
        using var generator = new Generator((ulong)seed, CPU);
        Tensor Values(string name, long[] shape)
        {
            if (shape.Length == 1) return full(shape, name.EndsWith("weight", StringComparison.Ordinal) && !config.NormAddsOne ? KeptScalars.One : KeptScalars.Of(0), dtype, device);
            var deviation = residual.Contains(name) ? 0.02 / Math.Sqrt(2 * config.LayerCount) : 0.02;
            return empty(shape).normal_(0, deviation, generator).to(dtype, device ?? CPU);
        }

        return new TorchTransformer(config, layout, Values, trainable: true);
    }

    /// <summary>Loads a Hugging Face model folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="device">Where to put it; null for the CPU.</param>
    /// <param name="dtype">Type of the parameters; the checkpoint's values are rounded to it.</param>
    /// <param name="trainable">Whether the parameters collect gradients. False for a teacher or a frozen model.</param>
    /// <exception cref="IOException">The folder, config.json or the weights are missing.</exception>
    /// <exception cref="InvalidDataException">A file is garbled, or a tensor is missing or of the wrong shape.</exception>
    /// <exception cref="NotSupportedException">The model type or a setting is unknown.</exception>
    /// <exception cref="DllNotFoundException">There is no libtorch; the message says what to do.</exception>
    public static TorchTransformer Load(string folder, Device? device = null, ScalarType dtype = ScalarType.Float32, bool trainable = true)
    {
        using var checkpoint = Checkpoint.Open(folder);
        TorchBackend.Load();
        return new TorchTransformer(
            checkpoint.Config, checkpoint.Layout, (name, _) => TensorReader.Read(checkpoint.Tensors.Get(name), dtype, device ?? CPU), trainable);
    }

    /// <summary>An independent model with the same weights, rounded to <paramref name="dtype"/>.</summary>
    public TorchTransformer CopyAs(ScalarType dtype) => new(
        Config, _layout, (name, _) => _parameters[name].detach().to(dtype, copy: true), trainable: true);

    /// <summary>Logits of every position, each seeing itself and what precedes it.</summary>
    /// <param name="ids">Token ids, int64 [batch, length].</param>
    /// <returns>[batch, length, vocabulary], of <see cref="DType"/>. The caller disposes it, or a surrounding dispose scope does.</returns>
    public Tensor Forward(Tensor ids)
    {
        using var scope = NewDisposeScope();
        return Head(Hidden(ids)).MoveToOuterDisposeScope();
    }

    /// <summary>The final norm's output of every position: what the output head reads. With <see cref="Head"/> it lets a loss be taken on some positions only.</summary>
    /// <param name="ids">Token ids, int64 [batch, length].</param>
    /// <returns>[batch, length, hidden size].</returns>
    /// <exception cref="ArgumentException">The shape is not [batch, length], or the length is above the context.</exception>
    public Tensor Hidden(Tensor ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.dim() != 2 || ids.shape[1] > Config.ContextLength)
            throw new ArgumentException($"Ids has shape [{string.Join(", ", ids.shape)}]; give [batch, length] with at most {Config.ContextLength} positions.", nameof(ids));
        using var scope = NewDisposeScope();
        var (batch, length) = ((int)ids.shape[0], (int)ids.shape[1]);
        var x = _parameters[_layout.Embedding.Tensor].index_select(0, ids.reshape(-1)).view(batch, length, Config.HiddenSize);
        if (Config.EmbeddingMultiplier != 1) x = x.mul(KeptScalars.Of(Config.EmbeddingMultiplier));
        if (_layout.PositionEmbedding is { } positions) x = x.add(_parameters[positions.Tensor].narrow(0, 0, length), KeptScalars.One);
        for (var layer = 0; layer < Config.LayerCount; layer++)
        {
            var weights = _layout.Layers[layer];
            x = Add(x, Attend(Norm(x, weights.InputNorm), weights, layer), weights.PostAttentionNorm);
            x = Add(x, Feed(Norm(x, weights.PreMlpNorm), weights), weights.PostMlpNorm);
        }

        return Norm(x, _layout.FinalNorm).MoveToOuterDisposeScope();
    }

    /// <summary>The output head: logits (…, vocabulary) of final hidden states (…, hidden size).</summary>
    public Tensor Head(Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var logits = functional.linear(hidden, Matrix(_layout.Head ?? _layout.Embedding));
        if (Config.LogitsMultiplier != 1) logits = logits.mul(KeptScalars.Of(Config.LogitsMultiplier));
        return TorchMath.Cap(logits, Config.FinalSoftcap).MoveToOuterDisposeScope();
    }

    /// <summary>Writes the parameters as a safetensors file, readable by every engine here and by Hugging Face's libraries.</summary>
    /// <param name="path">The file, usually model.safetensors in a folder that has the config.json.</param>
    /// <param name="type">Element type in the file.</param>
    public void Save(string path, ElementType type = ElementType.F32) => SafetensorsWriter.Write(
        path, [.. _parameters.Select(entry => (entry.Key, entry.Value.shape, (Func<float[]>)(() => Values(entry.Value))))], type);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in _parameters.Values) parameter.Dispose();
        _rotary.Dispose();
    }

    private static float[] Values(Parameter parameter)
    {
        using var scope = NewDisposeScope();
        return [.. parameter.detach().to(ScalarType.Float32, CPU).contiguous().data<float>()];
    }

    private Tensor Attend(Tensor x, LayerWeights weights, int layer)
    {
        var query = Heads(x, weights.Query, weights.QueryBias, weights.QueryNorm, Config.HeadCount);
        var key = Heads(x, weights.Key, weights.KeyBias, weights.KeyNorm, Config.KeyValueHeadCount);
        var value = Heads(x, weights.Value, weights.ValueBias, null, Config.KeyValueHeadCount);
        var length = (int)x.shape[1];
        if (Config.RotaryFor(layer) is { } rotary)
        {
            var (cosine, sine) = _rotary.Table(rotary, length);
            (cosine, sine) = (cosine.narrow(0, 0, length), sine.narrow(0, 0, length));
            query = TorchMath.Rotate(query, cosine, sine, rotary.Dimensions);
            key = TorchMath.Rotate(key, cosine, sine, rotary.Dimensions);
        }

        var groups = Config.HeadCount / Config.KeyValueHeadCount;
        if (groups > 1) (key, value) = (Repeat(key, groups), Repeat(value, groups));
        var output = Scores(query, key, value, Config.IsSliding(layer) && length > Config.SlidingWindow ? Config.SlidingWindow : null);
        return Linear(output.transpose(1, 2).reshape(x.shape[0], length, -1), weights.Output, weights.OutputBias);
    }

    private Tensor Scores(Tensor query, Tensor key, Tensor value, int? window)
    {
        if (Config.AttentionSoftcap is not null)
            return TorchMath.ExplicitAttention(query, key, value, TorchMath.CausalMask((int)query.shape[2], window, DType, Device), Config).Output;

        // The fused function scales by 1 / √(head size).
        var scale = Config.AttentionScale * Math.Sqrt(Config.HeadSize);
        if (Math.Abs(scale - 1) > 1e-6) query = query.mul(KeptScalars.Of(scale));
        return window is null
            ? functional.scaled_dot_product_attention(query, key, value, is_casual: true)
            : functional.scaled_dot_product_attention(query, key, value, TorchMath.CausalMask((int)query.shape[2], window, DType, Device));
    }

    private Tensor Feed(Tensor x, LayerWeights weights)
    {
        var up = Linear(x, weights.Up, weights.UpBias);
        var inner = weights.Gate is { } gate
            ? TorchMath.Activate(Linear(x, gate, weights.GateBias), Config.Activation) * up
            : TorchMath.Activate(up, Config.Activation);
        return Linear(inner, weights.Down, weights.DownBias);
    }

    private Tensor Add(Tensor x, Tensor branch, NormWeights? norm)
    {
        branch = Norm(branch, norm);
        return x.add(branch, KeptScalars.Of(Config.ResidualMultiplier));
    }

    /// <summary>A projection as [batch, heads, length, head size], normalised where the family does so.</summary>
    private Tensor Heads(Tensor x, WeightSlice matrix, VectorSlice? bias, NormWeights? norm, int heads)
    {
        var projected = Linear(x, matrix, bias);
        var perHead = norm?.Count == Config.HeadSize;
        if (!perHead) projected = Norm(projected, norm);
        projected = projected.view(x.shape[0], x.shape[1], heads, Config.HeadSize);
        return (perHead ? Norm(projected, norm) : projected).transpose(1, 2);
    }

    private Tensor Norm(Tensor x, NormWeights? norm) =>
        norm is null ? x : TorchMath.Norm(x, _parameters[norm.Weight], norm.Bias is null ? null : _parameters[norm.Bias], Config);

    private Tensor Linear(Tensor x, WeightSlice matrix, VectorSlice? bias) => functional.linear(x, Matrix(matrix), bias is null ? null! : Vector(bias));

    private Tensor Matrix(WeightSlice slice)
    {
        Tensor tensor = _parameters[slice.Tensor];
        var dimension = slice.Transposed ? 1 : 0;
        if (slice.Rows != slice.TensorRows) tensor = tensor.narrow(dimension, slice.RowStart, slice.Rows);
        return slice.Transposed ? tensor.t() : tensor;
    }

    private Tensor Vector(VectorSlice slice)
    {
        Tensor tensor = _parameters[slice.Tensor];
        return slice.Count == slice.TensorCount ? tensor : tensor.narrow(0, slice.Start, slice.Count);
    }

    private static Tensor Repeat(Tensor heads, int groups) =>
        heads.unsqueeze(2).expand(heads.shape[0], heads.shape[1], groups, heads.shape[2], heads.shape[3]).reshape(heads.shape[0], -1, heads.shape[2], heads.shape[3]);
}
