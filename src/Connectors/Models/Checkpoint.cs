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
        return family.Read(reader, modelType);
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
