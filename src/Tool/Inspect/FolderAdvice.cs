namespace Decant.Tool;

/// <summary>What beginners meet: a path that is nearly a model folder, and weights in other formats.</summary>
internal static class FolderAdvice
{
    private const string Wanted = "a folder in Hugging Face layout: config.json, *.safetensors, tokenizer.json";

    /// <summary>What is wrong with the path, or null.</summary>
    public static string? WrongPlace(string path)
    {
        if (File.Exists(path))
        {
            return path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)
                ? $"{path} is a GGUF file, which is not read. Download the original model instead, {Wanted}; --weights int8 makes it about as small."
                : $"{path} is a file. Name {Wanted}.";
        }

        if (!Directory.Exists(path)) return $"There is no folder {path}. Name {Wanted}.";
        if (File.Exists(Path.Combine(path, "config.json"))) return null;

        // The cache of Hugging Face's own tools, and archives that unpack into a folder of their own.
        var inner = Directory.EnumerateDirectories(path).Concat(Directory.Exists(Path.Combine(path, "snapshots")) ? Directory.EnumerateDirectories(Path.Combine(path, "snapshots")) : [])
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "config.json")));
        return inner is null ? null : $"{path} has no config.json, but {inner} has: name that folder.";
    }

    /// <summary>Why the folder's weights cannot be read whatever config.json says, or null.</summary>
    public static string? WrongWeights(string folder, IReadOnlyList<ModelFile> files)
    {
        string? Find(params string[] endings) => files.FirstOrDefault(file => endings.Any(ending => file.Name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))?.Name;
        if (Find(".safetensors") is null && Find(".safetensors.index.json") is null)
        {
            if (Find(".gguf") is { } gguf) return $"The weights are there as GGUF only ({gguf}), which is not read. Download the original model's *.safetensors; --weights int8 makes them about as small.";
            if (Find(".bin", ".pt", ".pth") is { } pickled) return $"The weights are there as {pickled} only, a format that can run code when it is read. Download the model's *.safetensors; if it has none, convert it with Hugging Face's transformers (save_pretrained).";
        }

        var pointer = files.FirstOrDefault(file => file.Bytes < 1024 && file.Name.EndsWith(".safetensors", StringComparison.Ordinal) && IsPointer(Path.Combine(folder, file.Name)));
        return pointer is null ? null : $"{pointer.Name} is a pointer of Git LFS and not the weights themselves. Run git lfs pull in the folder, or download the files.";
    }

    private static bool IsPointer(string path) => File.ReadLines(path).FirstOrDefault()?.StartsWith("version https://git-lfs", StringComparison.Ordinal) == true;
}
