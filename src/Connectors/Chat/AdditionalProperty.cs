using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Reads single values of <see cref="ChatOptions.AdditionalProperties"/>: templates and JSON deliver them as texts, JSON elements or any numeric type.</summary>
internal static class AdditionalProperty
{
    /// <summary>A value as text, or null where there is none.</summary>
    public static string? Text(ChatOptions options, string key)
        => options.AdditionalProperties?.GetValueOrDefault(key) is { } value and not JsonElement { ValueKind: JsonValueKind.Null } ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    /// <exception cref="ArgumentException">It is not a number.</exception>
    public static float? Number(ChatOptions options, string key)
    {
        if (Text(options, key) is not { } text) return null;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Unreadable(key, "a number", text);
    }

    /// <exception cref="ArgumentException">It is not a whole number.</exception>
    public static int? Integer(ChatOptions options, string key)
    {
        if (Text(options, key) is not { } text) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw Unreadable(key, "a whole number", text);
    }

    /// <exception cref="ArgumentException">It is neither true nor false.</exception>
    public static bool? Boolean(ChatOptions options, string key)
    {
        if (Text(options, key) is not { } text) return null;
        return bool.TryParse(text, out var value) ? value : throw Unreadable(key, "true or false", text);
    }

    private static ArgumentException Unreadable(string key, string wanted, string value) => new($"ChatOptions.AdditionalProperties[\"{key}\"] must be {wanted}, not '{value}'.", key);
}
