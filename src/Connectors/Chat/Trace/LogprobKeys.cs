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
        var (wanted, top) = (AdditionalProperty.Boolean(options, Wanted), AdditionalProperty.Integer(options, Top));
        if (wanted is null && top is null) return defaults;
        if (wanted != false) return new LogprobOptions { Top = top ?? 0 };
        return top is null or 0 ? null : throw new ArgumentException($"ChatOptions.AdditionalProperties[\"{Top}\"] is {top}, but \"{Wanted}\" is false. Set it to true, or remove \"{Top}\".");
    }
}
