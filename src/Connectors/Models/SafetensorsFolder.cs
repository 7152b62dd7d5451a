using System.Text.Json;

namespace Decant.Connectors.Models;

/// <summary>The tensors of a model folder, memory-mapped: one model.safetensors, or shards named by model.safetensors.index.json.</summary>
public sealed class SafetensorsFolder : IDisposable
{
    private readonly List<SafetensorsFile> _files = [];
    private readonly Dictionary<string, TensorView> _tensors = [];

    private SafetensorsFolder(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var file = new SafetensorsFile(path);
            _files.Add(file);
            foreach (var (name, tensor) in file.Tensors)
            {
                if (!_tensors.TryAdd(name, tensor))
                    throw new InvalidDataException($"Tensor {name} is in two files of the folder. Remove the file that does not belong to the model.");
            }
        }
    }

    /// <summary>Names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>Opens a folder's weights.</summary>
    /// <exception cref="FileNotFoundException">There are no weights, or a shard is missing.</exception>
    /// <exception cref="InvalidDataException">A file is truncated or garbled; the message names it and the cure.</exception>
    public static SafetensorsFolder Open(string folder) => new(Paths(folder));

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public TensorView Get(string name) =>
        _tensors.TryGetValue(name, out var tensor) ? tensor : throw new KeyNotFoundException($"The checkpoint has no tensor {name}.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        _files.Clear();
        _tensors.Clear();
    }

    private static IReadOnlyList<string> Paths(string folder)
    {
        var single = Path.Combine(folder, "model.safetensors");
        if (File.Exists(single)) return [single];
        var index = Path.Combine(folder, "model.safetensors.index.json");
        if (File.Exists(index)) return Shards(folder, index);
        var others = Directory.GetFiles(folder, "*.safetensors");
        if (others.Length > 0) return others;
        throw new FileNotFoundException($"{folder} has no *.safetensors. Fetch the model's weights in safetensors format (GGUF and .bin files are not read).", single);
    }

    private static List<string> Shards(string folder, string index)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(index));
            var names = document.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct();
            var paths = names.Select(name => Path.Combine(folder, Path.GetFileName(name))).ToList();
            var missing = paths.Find(path => !File.Exists(path));
            return missing is null ? paths : throw new FileNotFoundException($"The shard {missing} is missing. Fetch it again.", missing);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{index} is not a safetensors index ({exception.Message}). Fetch the file again.", exception);
        }
    }
}
