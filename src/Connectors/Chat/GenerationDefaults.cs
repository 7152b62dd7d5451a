using System.Text.Json;
using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>The sampling that a checkpoint's authors recommend: generation_config.json.</summary>
/// <param name="Sampling">The recommendation, or plain sampling at temperature 1 where there is none.</param>
/// <param name="NotApplied">Recommended settings that this client does not have.</param>
internal sealed record GenerationDefaults(SamplingOptions Sampling, IReadOnlyList<string> NotApplied)
{
    private const string FileName = "generation_config.json";

    /// <summary>Reads a model folder's recommendation.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be; the message names it.</exception>
    public static GenerationDefaults Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new GenerationDefaults(new SamplingOptions(), []);
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var sampling = Parse(document.RootElement);
            sampling.Validate();
            return new GenerationDefaults(sampling, [.. NotAppliedNames(document.RootElement)]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is not a valid generation configuration: {exception.Message} Repair or delete the file.", exception);
        }
    }

    private static SamplingOptions Parse(JsonElement config)
    {
        if (config.TryGetProperty("do_sample", out var sample) && sample.ValueKind == JsonValueKind.False) return new SamplingOptions { Temperature = 0 };
        return new SamplingOptions
        {
            Temperature = Number(config, "temperature"),
            TopK = Number(config, "top_k") is { } topK and > 0 ? (int)topK : null,
            TopP = Number(config, "top_p"),
            MinP = Number(config, "min_p"),
        };
    }

    private static IEnumerable<string> NotAppliedNames(JsonElement config)
    {
        if (Number(config, "repetition_penalty") is not (null or 1)) yield return "repetition_penalty";
        if (Number(config, "no_repeat_ngram_size") is not (null or 0)) yield return "no_repeat_ngram_size";
    }

    private static float? Number(JsonElement config, string name)
        => config.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetSingle() : null;
}
