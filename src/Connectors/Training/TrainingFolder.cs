using System.Globalization;
using System.Text.Json;

namespace Decant.Connectors.Training;

/// <summary>The folder a model is trained in: its config.json and tokenizer, and below it checkpoint-N with the state after N steps.</summary>
internal sealed class TrainingFolder(string path)
{
    public const string Weights = "model.safetensors";
    private const string Optimizer = "optimizer.safetensors";
    private const string State = "trainer.json";
    private const string Prefix = "checkpoint-";

    public string WeightsPath => Path.Combine(path, Weights);

    /// <summary>The newest checkpoint, or null.</summary>
    public (int Step, string Folder)? Latest() => Directory.EnumerateDirectories(path, Prefix + "*")
        .Select(folder => (Known: int.TryParse(Path.GetFileName(folder).AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var step), Step: step, Folder: folder))
        .Where(entry => entry.Known)
        .OrderByDescending(entry => entry.Step)
        .Select(entry => ((int, string)?)(entry.Step, entry.Folder))
        .FirstOrDefault();

    /// <summary>The options a checkpoint was made with, as far as going on depends on them.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public static TrainingState ReadState(string checkpoint)
    {
        var file = Path.Combine(checkpoint, State);
        try
        {
            return JsonSerializer.Deserialize<TrainingState>(File.ReadAllText(file)) ?? throw new JsonException("it is empty");
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            throw new InvalidDataException($"{file} cannot be read ({exception.Message}). Delete the checkpoint's folder to start anew.", exception);
        }
    }

    public static string OptimizerPath(string checkpoint) => Path.Combine(checkpoint, Optimizer);

    /// <summary>Writes a checkpoint beside the older one and only then drops that: a crash loses neither.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="state">What going on depends on.</param>
    /// <param name="writeWeights">Writes the safetensors file it is given.</param>
    /// <param name="writeOptimizer">Writes the optimizer's state.</param>
    /// <returns>The checkpoint's folder.</returns>
    public string Write(int step, TrainingState state, Action<string> writeWeights, Action<string> writeOptimizer)
    {
        var target = Path.Combine(path, Prefix + step.ToString(CultureInfo.InvariantCulture));
        var part = target + ".part";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        Directory.CreateDirectory(part);
        // Everything but weights: config, tokenizer, template, so that a checkpoint loads like any model.
        foreach (var file in Directory.EnumerateFiles(path).Where(file => !file.EndsWith(".safetensors", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(part, Path.GetFileName(file)));
        writeWeights(Path.Combine(part, Weights));
        writeOptimizer(OptimizerPath(part));
        File.WriteAllText(Path.Combine(part, State), JsonSerializer.Serialize(state));

        var older = Latest();
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        Directory.Move(part, target);
        if (older is { } old && old.Folder != target) Directory.Delete(old.Folder, recursive: true);
        return target;
    }
}
