using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Hosting.Server;

/// <summary>Turns what requests have in common into <see cref="ChatOptions"/>. Pure.</summary>
internal static class GenerationMapper
{
    /// <param name="body">The request.</param>
    /// <param name="maxTokens">The most tokens that it asks for, or null.</param>
    /// <param name="limits">What it may ask for.</param>
    /// <param name="answers">How many answers the whole request asks for.</param>
    /// <param name="prompt">The tokens that are the whole prompt, or null where messages are.</param>
    /// <exception cref="ApiException">A member cannot be honoured; the message names it.</exception>
    public static ChatOptions Map(GenerationBody body, int? maxTokens, DecantServerOptions limits, int answers, IReadOnlyList<int>? prompt = null)
    {
        if (maxTokens < 1) throw ApiException.Invalid("max_tokens must be at least 1.", "max_tokens");
        if (maxTokens > limits.MaxOutputTokens) throw ApiException.Invalid($"max_tokens is {maxTokens}, and this server gives at most {limits.MaxOutputTokens}. Ask for less, or leave it out.", "max_tokens");
        if (body.StreamOptions is not null && body.Stream != true) throw ApiException.Invalid("stream_options are for streams: set \"stream\": true, or leave them out.", "stream_options");
        if (body.StreamOptions?.IncludeObfuscation == true) throw ApiException.Invalid("Streams of this server are not obfuscated. Leave include_obfuscation out.", "stream_options");
        var own = new LocalGenerationOptions { Priority = Priority(body), Caller = body.KeyOwner ?? body.User, DeadlineSeconds = Deadline(body.DeadlineSeconds), MaxInputTokens = limits.MaxInputTokens, PromptTokens = prompt };
        var options = new ChatOptions
        {
            Temperature = body.Temperature,
            TopP = body.TopP,
            TopK = body.TopK,
            FrequencyPenalty = body.FrequencyPenalty,
            PresencePenalty = body.PresencePenalty,
            Seed = body.Seed,
            MaxOutputTokens = maxTokens ?? limits.MaxOutputTokens,
            StopSequences = Stops(body.Stop),
            AdditionalProperties = [],
            RawRepresentationFactory = _ => own,
        };
        (string Key, object? Value)[] properties =
        [
            ("min_p", body.MinP), ("repetition_penalty", body.RepetitionPenalty), ("no_repeat_ngram_size", body.NoRepeatNgramSize),
            ("logit_bias", body.LogitBias is { } bias ? ApiException.Within("logit_bias", () => Bias(bias)) : null),
        ];
        foreach (var (key, value) in properties)
        {
            if (value is not null) options.AdditionalProperties[key] = value;
        }

        return body.Decoding is { } decoding ? options.WithDecoding(Bounded(ApiException.Within("decoding", () => DecodingOptions.Read(decoding)), answers, limits)) : options;
    }

    // A search writes texts that nobody sees, so the limit of an answer does not bound it.
    private static DecodingOptions Bounded(DecodingOptions decoding, int answers, DecantServerOptions limits)
    {
        if (decoding.Search is { Answers: var texts } && (long)texts * answers > limits.MaxChoices)
            throw ApiException.Invalid($"The search gives {texts} texts for each of {answers} answers, and this server gives at most {limits.MaxChoices} at a time.", "decoding.search");
        if (decoding.Search is null || limits.MaxSearchTokens is not { } most) return decoding;
        var budget = decoding.Budget ?? new BudgetOptions();
        if ((long?)budget.MaxTokens * answers > most)
        {
            throw ApiException.Invalid($"The budget of the search is {budget.MaxTokens} tokens for each of {answers} answers, and this server lets the searches of a request write at most {most}. Ask for less, or leave max_tokens out.",
                "decoding.budget.max_tokens");
        }

        return budget.MaxTokens is null ? decoding with { Budget = budget with { MaxTokens = Math.Max(1, most / answers) } } : decoding;
    }

    /// <summary>How many answers a request wants to each prompt.</summary>
    /// <exception cref="ApiException">They are fewer than one, or with <paramref name="prompts"/> more than allowed.</exception>
    public static int Choices(GenerationBody body, int prompts, DecantServerOptions limits)
    {
        var count = body.N ?? 1;
        if (count < 1) throw ApiException.Invalid("n must be at least 1.", "n");
        return (long)count * prompts <= limits.MaxChoices ? count : throw ApiException.Invalid($"The request asks for {(long)count * prompts} answers, and this server gives at most {limits.MaxChoices} at a time.", "n");
    }

    /// <summary>The options of one of several answers: where there is a seed each has one of its own, so that they differ.</summary>
    public static ChatOptions Choice(ChatOptions options, int index)
    {
        if (index == 0) return options;
        var other = options.Clone();
        other.Seed = unchecked(other.Seed + index);
        return other.GetDecoding() is { Sampling.Seed: { } seed } decoding ? other.WithDecoding(decoding.WithSeed(unchecked(seed + index))) : other;
    }

    // The client reads it again; here it is found out under its own name.
    private static JsonElement Bias(JsonElement bias)
    {
        DecodingOptions.Read(new Dictionary<string, object?> { ["kind"] = "logit-bias", ["tokens"] = bias }).Validate();
        return bias;
    }

    private static CallPriority? Priority(GenerationBody body)
    {
        if (body.Priority is not null && body.ServiceTier is not null) throw ApiException.Invalid("priority and service_tier say the same. Give one of them.", "priority");
        return (body.Priority, body.ServiceTier) switch
        {
            (null, null or "auto" or "default") => null,
            ("low", _) or (_, "flex") => CallPriority.Low,
            ("normal", _) => CallPriority.Normal,
            ("high", _) or (_, "priority") => CallPriority.High,
            (null, _) => throw ApiException.Invalid($"There is no service_tier \"{body.ServiceTier}\". Known: auto, default, flex, priority.", "service_tier"),
            _ => throw ApiException.Invalid($"There is no priority \"{body.Priority}\". Known: low, normal, high.", "priority"),
        };
    }

    private static double? Deadline(double? seconds) => seconds is null or > 0 ? seconds : throw ApiException.Invalid("deadline_seconds must be above 0.", "deadline_seconds");

    private static string[]? Stops(JsonElement? stop)
    {
        return stop switch
        {
            null => null,
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Text)],
            { } one => [Text(one)],
        };

        static string Text(JsonElement item) => item.ValueKind == JsonValueKind.String && item.GetString() is { Length: > 0 } text
            ? text
            : throw ApiException.Invalid("stop must be a text or a list of texts, none of them empty.", "stop");
    }
}
