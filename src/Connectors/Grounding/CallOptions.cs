using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Grounding;

/// <summary>The calls that are made on a caller's behalf: copies of its options, its own being left alone.</summary>
internal static class CallOptions
{
    /// <summary>Options that draw at a temperature, in place of the call's sampling slot; the rest of its decoding stays.</summary>
    public static ChatOptions Drawing(ChatOptions? options, float temperature, long? seed = null)
    {
        var copy = options?.Clone() ?? new ChatOptions();
        (copy.Temperature, copy.Seed) = (temperature, seed);
        return copy.WithDecoding((copy.GetDecoding() ?? new DecodingOptions()) with { Sampling = new SamplingOptions { Temperature = temperature, Seed = seed } });
    }

    /// <summary>Lets the answer begin with tokens. Changes and returns <paramref name="options"/>, which must be a copy.</summary>
    public static ChatOptions After(this ChatOptions options, IReadOnlyList<int> answer)
    {
        var factory = options.RawRepresentationFactory;
        options.RawRepresentationFactory = client =>
        {
            var own = factory?.Invoke(client) as LocalGenerationOptions ?? new LocalGenerationOptions();
            return own with { AnswerPrefix = [.. own.AnswerPrefix, .. answer] };
        };
        return options;
    }

    /// <summary>The question that a conversation ends with, or an empty text.</summary>
    public static string Question(IEnumerable<ChatMessage> messages) => messages.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "";
}
