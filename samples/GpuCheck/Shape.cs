using System.Text.Json;
using Decant.Connectors.Models;

namespace Decant.Samples.GpuCheck;

/// <summary>A model's dimensions.</summary>
internal sealed record Shape(string Name, int Hidden, int Inner, int Layers, int Heads, int KeyValueHeads, int Vocabulary)
{
    private static readonly Shape[] _all =
    [
        new("tiny", 64, 176, 2, 4, 2, 500),
        new("1b", 2048, 8192, 16, 32, 8, 128256),
        new("8b", 4096, 14336, 32, 32, 8, 128256),
    ];

    public static Shape Find(string name) => Array.Find(_all, shape => shape.Name == name)
        ?? throw new ArgumentException($"--shapes {name} is not known. Known: {string.Join(", ", _all.Select(shape => shape.Name))}.");

    /// <summary>Writes a checkpoint of this shape with random weights.</summary>
    /// <param name="parent">The folder to write a folder into.</param>
    /// <param name="type">Element type of the weights.</param>
    /// <returns>The new folder.</returns>
    public string Write(string parent, ElementType type)
    {
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"decant-gpucheck-{Name}-{Guid.NewGuid():N}")).FullName;
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["model_type"] = "llama", ["hidden_size"] = Hidden, ["intermediate_size"] = Inner, ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads, ["num_key_value_heads"] = KeyValueHeads, ["vocab_size"] = Vocabulary,
            ["max_position_embeddings"] = 8192, ["rms_norm_eps"] = 1e-5, ["rope_theta"] = 500000.0,
        }));
        RandomCheckpoint.Write(folder, type);
        return folder;
    }
}
