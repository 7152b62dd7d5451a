namespace Decant.Connectors.Models;

/// <summary>An opened Hugging Face model folder: its description, and its tensors checked against it.</summary>
public sealed class Checkpoint : IDisposable
{
    private Checkpoint(string folder, ModelConfig config, CheckpointLayout layout, SafetensorsFolder tensors)
    {
        Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        (Config, Layout, Tensors) = (config, layout, tensors);
    }

    /// <summary>The folder's own name.</summary>
    public string Name { get; }

    /// <summary>What config.json describes.</summary>
    public ModelConfig Config { get; }

    /// <summary>Where the weights lie.</summary>
    public CheckpointLayout Layout { get; }

    /// <summary>The tensors.</summary>
    public SafetensorsFolder Tensors { get; }

    /// <summary>Opens a folder.</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">config.json or the weights are missing.</exception>
    /// <exception cref="InvalidDataException">A file is garbled, or a tensor is missing or of the wrong shape.</exception>
    /// <exception cref="NotSupportedException">The model type or a setting is not known.</exception>
    public static Checkpoint Open(string folder)
    {
        var config = ReadConfig(folder, out var family);
        var tensors = SafetensorsFolder.Open(folder);
        try
        {
            var layout = family.Layout(config, tensors.Contains);
            foreach (var (name, shape) in layout.Tensors()) Check(tensors, name, shape);
            return new Checkpoint(folder, config, layout, tensors);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <summary>Reads config.json alone.</summary>
    public static ModelConfig ReadConfig(string folder) => ReadConfig(folder, out _);

    /// <inheritdoc/>
    public void Dispose() => Tensors.Dispose();

    /// <summary>Copies an output row of a matrix.</summary>
    internal void CopyRow(WeightSlice slice, int row, Span<float> values)
    {
        var tensor = Tensors.Get(slice.Tensor);
        if (!slice.Transposed)
        {
            tensor.CopyTo(values, (long)(slice.RowStart + row) * slice.Columns);
            return;
        }

        var stride = tensor.Shape[1];
        for (var c = 0; c < values.Length; c++) tensor.CopyTo(values.Slice(c, 1), c * stride + slice.RowStart + row);
    }

    private static ModelConfig ReadConfig(string folder, out ModelFamily family)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The model folder {folder} does not exist. Download a model in Hugging Face layout and name its folder.");
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path))
            throw new FileNotFoundException($"{folder} has no config.json. Name a model folder in Hugging Face layout (config.json, *.safetensors, tokenizer.json).", path);
        var reader = ConfigReader.Parse(path);
        var modelType = reader.Text("model_type")
            ?? throw new InvalidDataException($"{path} has no model_type. Known: {string.Join(", ", ModelFamily.Known)}.");
        family = ModelFamily.Find(modelType);
        return Checked(family.Read(reader.WithDefaults(family.Defaults), modelType));
    }

    // Values no model has, which would show only as NaN in the middle of an answer.
    private static ModelConfig Checked(ModelConfig config)
    {
        Require(config.NormEpsilon is >= 0 and < 1, "rms_norm_eps (or layer_norm_epsilon)", config.NormEpsilon);
        Require(config.SlidingWindow is null or > 0, "sliding_window", config.SlidingWindow);
        Require(config.AttentionSoftcap is null or > 0, "attn_logit_softcapping", config.AttentionSoftcap);
        Require(config.FinalSoftcap is null or > 0, "final_logit_softcapping", config.FinalSoftcap);
        Require(float.IsFinite(config.AttentionScale) && config.AttentionScale > 0, "the attention scale (head_dim, query_pre_attn_scalar, attention_multiplier)", config.AttentionScale);
        Require(float.IsFinite(config.LogitsMultiplier) && config.LogitsMultiplier != 0, "1 / logits_scaling", config.LogitsMultiplier);
        return config;

        static void Require(bool valid, string name, object? value)
        {
            if (!valid) throw new InvalidDataException($"config.json: {name} is {value}, which no model can use. Fetch the model's config.json again.");
        }
    }

    private static void Check(SafetensorsFolder tensors, string name, long[] shape)
    {
        if (!tensors.Contains(name))
            throw new InvalidDataException($"The checkpoint has no tensor {name} (expected shape [{string.Join(", ", shape)}]). config.json and weights do not belong together, or a shard is missing.");
        var found = tensors.Get(name).Shape;
        if (!found.SequenceEqual(shape))
            throw new InvalidDataException($"Tensor {name} has shape [{string.Join(", ", found)}] where config.json makes it [{string.Join(", ", shape)}]. config.json and weights do not belong together.");
    }
}
