namespace Decant.Connectors.Models;

/// <summary>Writes random weights for a config.json: for measuring speed, which does not depend on what the numbers are.</summary>
public static class RandomCheckpoint
{
    private const int Block = 4096;

    /// <summary>Writes model.safetensors into a folder that has a config.json.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="type">Element type in the file.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="IOException">The folder has no config.json.</exception>
    /// <exception cref="NotSupportedException">The model type or a setting is unknown.</exception>
    public static void Write(string folder, ElementType type = ElementType.BF16, int seed = 1)
    {
        var config = Checkpoint.ReadConfig(folder);
        var family = ModelFamily.Find(config.ModelType);
        var random = new Random(seed);
        var noise = new float[1 << 16];
        for (var i = 0; i < noise.Length; i++) noise[i] = (float)(random.NextDouble() - 0.5) / MathF.Sqrt(config.HiddenSize) * 3;
        var tensors = family.Layout(config, family.IsUsual).Tensors().DistinctBy(tensor => tensor.Name)
            .Select(tensor => (tensor.Name, tensor.Shape, (Func<float[]>)(() => Fill(tensor.Shape)))).ToList();
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, type);

        float[] Fill(long[] shape)
        {
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            if (shape.Length == 1)
            {
                Array.Fill(values, config.NormAddsOne ? 0 : 1);
                return values;
            }

            // Repeats of one block from random starts: rows differ, and a billion draws are not worth waiting for.
            for (var i = 0; i < values.Length; i += Block)
                noise.AsSpan(random.Next(noise.Length - Block), Math.Min(Block, values.Length - i)).CopyTo(values.AsSpan(i));
            return values;
        }
    }
}
