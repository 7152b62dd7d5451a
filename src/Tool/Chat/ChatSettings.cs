using System.Globalization;
using Microsoft.Extensions.AI;

namespace Decant.Tool;

/// <summary>The chat options that /options shows and sets, by name.</summary>
internal static class ChatSettings
{
    private static readonly Dictionary<string, (Func<ChatOptions, object?> Get, Action<ChatOptions, string?> Set)> _all = new()
    {
        ["temperature"] = (o => o.Temperature, (o, value) => o.Temperature = Number<float>(value)),
        ["top_p"] = (o => o.TopP, (o, value) => o.TopP = Number<float>(value)),
        ["top_k"] = (o => o.TopK, (o, value) => o.TopK = Number<int>(value)),
        ["min_p"] = (o => o.AdditionalProperties?.GetValueOrDefault("min_p"), SetMinP),
        ["frequency_penalty"] = (o => o.FrequencyPenalty, (o, value) => o.FrequencyPenalty = Number<float>(value)),
        ["presence_penalty"] = (o => o.PresencePenalty, (o, value) => o.PresencePenalty = Number<float>(value)),
        ["max_tokens"] = (o => o.MaxOutputTokens, (o, value) => o.MaxOutputTokens = Number<int>(value)),
        ["seed"] = (o => o.Seed, (o, value) => o.Seed = Number<long>(value)),
        ["thinking"] = (o => o.Reasoning?.Effort, (o, value) => o.Reasoning = Effort(value)),
        ["system"] = (o => o.Instructions, (o, value) => o.Instructions = value),
    };

    public static IEnumerable<string> Show(ChatOptions options)
        => _all.Select(setting => $"  {setting.Key,-18} {setting.Value.Get(options) ?? "default"}");

    /// <param name="options">What to change.</param>
    /// <param name="name">A setting's name.</param>
    /// <param name="value">The new value, or <c>default</c>.</param>
    /// <exception cref="FormatException">Says what is wrong with the name or the value.</exception>
    public static void Set(ChatOptions options, string name, string value)
    {
        if (!_all.TryGetValue(name, out var setting)) throw new FormatException($"There is no option {name}. Options: {string.Join(", ", _all.Keys)}.");
        setting.Set(options, value is "default" ? null : value);
    }

    // Beside it may lie decoding options and documents.
    private static void SetMinP(ChatOptions options, string? value)
    {
        if (Number<float>(value) is { } minP) (options.AdditionalProperties ??= [])["min_p"] = minP;
        else options.AdditionalProperties?.Remove("min_p");
    }

    private static T? Number<T>(string? value)
        where T : struct, IParsable<T>
    {
        if (value is null) return null;
        return T.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"{value} is not a number this option takes.");
    }

    private static ReasoningOptions? Effort(string? value)
    {
        if (value is null) return null;
        return Enum.TryParse<ReasoningEffort>(value, ignoreCase: true, out var effort)
            ? new ReasoningOptions { Effort = effort }
            : throw new FormatException($"thinking takes {string.Join(", ", Enum.GetNames<ReasoningEffort>())} or default.");
    }
}
