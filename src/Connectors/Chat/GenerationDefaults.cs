using System.Text.Json;
using Decant.Decoding;

namespace Decant.Connectors.Chat;

/// <summary>How a checkpoint's authors recommend to decode: generation_config.json.</summary>
internal static class GenerationDefaults
{
    private const string FileName = "generation_config.json";

    /// <summary>Reads a model folder's recommendation; plain sampling at temperature 1 where there is none.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be; the message names it.</exception>
    public static DecodingOptions Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new DecodingOptions { Sampling = new SamplingOptions() };
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var decoding = new DecodingOptions { Sampling = Sampling(document.RootElement), Processors = Processors(document.RootElement) };
            decoding.Validate();
            return decoding;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException($"{path} is not a valid generation configuration: {exception.Message} Repair or delete the file.", exception);
        }
    }

    private static SamplingOptions Sampling(JsonElement config)
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

    private static ValueList<ProcessorOptions>? Processors(JsonElement config)
    {
        ProcessorOptions[] processors =
        [
            RepetitionMapper.WholePrompt(Number(config, "repetition_penalty") ?? 1),
            new NoRepeatNgramOptions { Size = (int)(Number(config, "no_repeat_ngram_size") ?? 0) },
        ];
        ValueList<ProcessorOptions> applied = [.. processors.Where(processor => !RepetitionMapper.IsOff(processor))];
        return applied.Count > 0 ? applied : null;
    }

    private static float? Number(JsonElement config, string name)
        => config.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetSingle() : null;
}
