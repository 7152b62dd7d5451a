using System.Text.Json;
using Decant.Connectors.Models;

namespace Decant.Benchmarks;

/// <summary>A model's dimensions.</summary>
internal sealed record Shape(string Name, int Hidden, int Inner, int Layers, int Heads, int KeyValueHeads, int Vocabulary, bool Tied)
{
    private static readonly Shape[] _all =
    [
        new("stories15m", 288, 768, 6, 6, 6, 32000, true),
        new("smollm2-135m", 576, 1536, 30, 9, 3, 49152, true),
        new("tinyllama-1b", 2048, 5632, 22, 32, 4, 32000, false),
    ];

    public static Shape Find(string name) => Array.Find(_all, shape => shape.Name == name)
        ?? throw new ArgumentException($"--shape {name} is not known. Known: {string.Join(", ", _all.Select(shape => shape.Name))}.");

    /// <summary>Writes a bfloat16 checkpoint of this shape.</summary>
    public void Write(string folder)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["model_type"] = "llama", ["hidden_size"] = Hidden, ["intermediate_size"] = Inner, ["num_hidden_layers"] = Layers,
            ["num_attention_heads"] = Heads, ["num_key_value_heads"] = KeyValueHeads, ["vocab_size"] = Vocabulary,
            ["max_position_embeddings"] = 8192, ["rms_norm_eps"] = 1e-5, ["tie_word_embeddings"] = Tied,
        }));
        RandomCheckpoint.Write(folder);
    }
}
