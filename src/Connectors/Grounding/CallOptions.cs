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
        var sampling = new SamplingOptions { Temperature = temperature, Seed = seed };
        copy.WithDecoding((copy.GetDecoding() ?? new DecodingOptions()) with { Sampling = sampling });

        // The client's own options would come before the call's.
        return copy.RawRepresentationFactory is null ? copy : copy.WithOwn(own => own with
        {
            Temperature = temperature,
            Seed = seed,
            Decoding = own.Decoding is null ? null : own.Decoding with { Sampling = sampling },
        });
    }

    /// <summary>Lets the answer begin with tokens. Changes and returns <paramref name="options"/>, which must be a copy.</summary>
    public static ChatOptions After(this ChatOptions options, IReadOnlyList<int> answer)
        => options.WithOwn(own => own with { AnswerPrefix = [.. own.AnswerPrefix, .. answer] });

    /// <summary>Changes what <see cref="ChatOptions.RawRepresentationFactory"/> gives the client. Changes and returns <paramref name="options"/>, which must be a copy.</summary>
    public static ChatOptions WithOwn(this ChatOptions options, Func<LocalGenerationOptions, LocalGenerationOptions> change)
    {
        var factory = options.RawRepresentationFactory;
        options.RawRepresentationFactory = client => change(factory?.Invoke(client) as LocalGenerationOptions ?? new LocalGenerationOptions());
        return options;
    }

    /// <summary>The question that a conversation ends with, or an empty text.</summary>
    public static string Question(IEnumerable<ChatMessage> messages) => messages.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "";
}
