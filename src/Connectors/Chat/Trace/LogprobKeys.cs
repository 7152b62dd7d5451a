using System.Globalization;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>Log-probabilities asked for by OpenAI's names in the additional properties: <c>logprobs</c> (a boolean) and <c>top_logprobs</c>.</summary>
internal static class LogprobKeys
{
    private const string Wanted = "logprobs";
    private const string Top = "top_logprobs";

    public static IReadOnlyList<string> All { get; } = [Wanted, Top];

    /// <summary>What a call wants: what its decoding options say, else its additional properties, else the client's default.</summary>
    /// <exception cref="ArgumentException">A property cannot be read, or the two contradict each other.</exception>
    public static LogprobOptions? Read(ChatOptions options, LogprobOptions? call, LogprobOptions? defaults)
    {
        if (call is not null) return call;
        var (wanted, top) = (Text(options, Wanted), Text(options, Top));
        if (wanted is null && top is null) return defaults;
        var count = top is null ? 0 : int.TryParse(top, CultureInfo.InvariantCulture, out var number) ? number : throw Unreadable(Top, "a whole number from 0 to 100", top);
        if (wanted is null || (bool.TryParse(wanted, out var yes) ? yes : throw Unreadable(Wanted, "true or false", wanted))) return new LogprobOptions { Top = count };
        return count == 0 ? null : throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{Top}\"] is {count}, but \"{Wanted}\" is false. Set it to true, or remove \"{Top}\".");
    }

    // JSON, YAML and prompt templates deliver values as JsonElement or text.
    private static string? Text(ChatOptions options, string key)
        => options.AdditionalProperties?.GetValueOrDefault(key) is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    private static ArgumentException Unreadable(string key, string wanted, string value) => new($"ChatOptions.AdditionalProperties[\"{key}\"] must be {wanted}, not '{value}'.");
}
