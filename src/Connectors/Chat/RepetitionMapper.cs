using System.Text.Json;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>
/// Turns the settings that frameworks have names for into processors: the penalties of <see cref="ChatOptions"/>, and in the additional properties Hugging Face's
/// <c>repetition_penalty</c> and <c>no_repeat_ngram_size</c> and OpenAI's <c>logit_bias</c> (token ids to numbers).
/// </summary>
internal static class RepetitionMapper
{
    private const string PenaltyKey = "repetition_penalty";
    private const string NgramKey = "no_repeat_ngram_size";
    private const string BiasKey = "logit_bias";

    public static IReadOnlyList<string> Keys { get; } = [PenaltyKey, NgramKey, BiasKey];

    /// <summary>The processors of a call: those of its settings, which take the place of defaults of their kind, and then those it lists, or else the default ones.</summary>
    /// <param name="options">The call's options.</param>
    /// <param name="own">What its raw representation says.</param>
    /// <param name="said">What its decoding options list, or null.</param>
    /// <param name="defaults">The client's, or null.</param>
    /// <exception cref="ArgumentException">A setting cannot be read, or one and a listed processor say the same thing; the message names both.</exception>
    public static ValueList<ProcessorOptions>? Map(ChatOptions options, LocalGenerationOptions own, ValueList<ProcessorOptions>? said, ValueList<ProcessorOptions>? defaults)
    {
        var settings = Settings(options, own, said is null ? defaults : null).ToList();
        if (settings.Count == 0) return said ?? defaults;
        foreach (var (name, processor) in settings)
        {
            if (said?.Any(listed => listed.Kind == processor.Kind) == true)
                throw new ArgumentException($"The same is given twice: in {name} and by the processor \"{processor.Kind}\" of the decoding options. Give one of them.");
        }

        var others = (said ?? defaults ?? []).Where(listed => !settings.Exists(setting => setting.Processor.Kind == listed.Kind));
        return [.. settings.Select(setting => setting.Processor).Where(processor => !IsOff(processor)), .. others];
    }

    /// <summary>What Hugging Face means by its repetition penalty: every token of the prompt counts.</summary>
    public static RepetitionPenaltyOptions WholePrompt(float penalty) => new() { Penalty = penalty, Window = int.MaxValue };

    /// <summary>Whether a processor does nothing: Hugging Face's values for that.</summary>
    public static bool IsOff(ProcessorOptions processor) => processor is RepetitionPenaltyOptions { Penalty: 1 } or NoRepeatNgramOptions { Size: 0 };

    private static IEnumerable<(string Name, ProcessorOptions Processor)> Settings(ChatOptions options, LocalGenerationOptions own, ValueList<ProcessorOptions>? defaults)
    {
        (string Name, float? Value)[] penalties =
        [
            ($"{nameof(LocalGenerationOptions)}.{nameof(own.FrequencyPenalty)}", own.FrequencyPenalty), ($"{nameof(LocalGenerationOptions)}.{nameof(own.PresencePenalty)}", own.PresencePenalty),
            ($"{nameof(ChatOptions)}.{nameof(options.FrequencyPenalty)}", options.FrequencyPenalty), ($"{nameof(ChatOptions)}.{nameof(options.PresencePenalty)}", options.PresencePenalty),
        ];
        if (penalties.FirstOrDefault(penalty => penalty.Value is not null).Name is { } given)
        {
            var usual = defaults?.OfType<FrequencyPresenceOptions>().FirstOrDefault() ?? new FrequencyPresenceOptions();
            yield return (given, new FrequencyPresenceOptions
            {
                Frequency = own.FrequencyPenalty ?? options.FrequencyPenalty ?? usual.Frequency,
                Presence = own.PresencePenalty ?? options.PresencePenalty ?? usual.Presence,
            });
        }

        if (AdditionalProperty.Number(options, PenaltyKey) is { } penalty) yield return (Property(PenaltyKey), WholePrompt(penalty));
        if (AdditionalProperty.Integer(options, NgramKey) is { } size) yield return (Property(NgramKey), new NoRepeatNgramOptions { Size = size });
        if (options.AdditionalProperties?.GetValueOrDefault(BiasKey) is { } bias and not JsonElement { ValueKind: JsonValueKind.Null }) yield return (Property(BiasKey), Bias(bias));
    }

    // Read as the processor's own options are, so that every form of a map will do.
    private static ProcessorOptions Bias(object tokens) => DecodingOptions.Read(new Dictionary<string, object?> { ["kind"] = "logit-bias", ["tokens"] = tokens }).Processors![0];

    private static string Property(string key) => $"ChatOptions.AdditionalProperties[\"{key}\"]";
}
