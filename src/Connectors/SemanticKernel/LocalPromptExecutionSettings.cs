using System.Text.Json;
using System.Text.Json.Serialization;
using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Decant.Connectors.SemanticKernel;

/// <summary>Semantic Kernel's settings of a call to a <see cref="LocalChatClient"/>, with names for what it understands.</summary>
/// <remarks>
/// Plain <see cref="PromptExecutionSettings"/> carry the same settings in <see cref="PromptExecutionSettings.ExtensionData"/>, under the names given here; prompt templates in JSON
/// or YAML need nothing else. Null leaves a setting to the client's defaults.
/// </remarks>
public sealed class LocalPromptExecutionSettings : PromptExecutionSettings
{
    private static readonly JsonSerializerOptions _lenient = new() { NumberHandling = JsonNumberHandling.AllowReadingFromString };

    /// <summary><c>temperature</c>: divisor of the logits; 0 always takes the likeliest token. At least 0 and finite.</summary>
    [JsonPropertyName("temperature"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? Temperature { get; set => Set(out field, value); }

    /// <summary><c>top_p</c>: keeps the likeliest tokens that together have this probability; above 0, at most 1.</summary>
    [JsonPropertyName("top_p"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? TopP { get; set => Set(out field, value); }

    /// <summary><c>top_k</c>: keeps this many of the likeliest tokens; at least 1.</summary>
    [JsonPropertyName("top_k"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? TopK { get; set => Set(out field, value); }

    /// <summary><c>min_p</c>: keeps tokens at least this fraction as likely as the likeliest; 0 … 1.</summary>
    [JsonPropertyName("min_p"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? MinP { get; set => Set(out field, value); }

    /// <summary><c>frequency_penalty</c>: subtracted from a token's logit once for each time it was generated; −2 … 2.</summary>
    [JsonPropertyName("frequency_penalty"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? FrequencyPenalty { get; set => Set(out field, value); }

    /// <summary><c>presence_penalty</c>: subtracted once from the logit of every token that was generated; −2 … 2.</summary>
    [JsonPropertyName("presence_penalty"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? PresencePenalty { get; set => Set(out field, value); }

    /// <summary><c>repetition_penalty</c>: Hugging Face's, multiplicative, over prompt and answer; above 0, 1 changes nothing.</summary>
    [JsonPropertyName("repetition_penalty"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? RepetitionPenalty { get; set => Set(out field, value); }

    /// <summary><c>no_repeat_ngram_size</c>: Hugging Face's length of a run of tokens that may not come twice; 0 allows all.</summary>
    [JsonPropertyName("no_repeat_ngram_size"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NoRepeatNgramSize { get; set => Set(out field, value); }

    /// <summary><c>seed</c>: makes the draws reproducible.</summary>
    [JsonPropertyName("seed"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; set => Set(out field, value); }

    /// <summary><c>max_tokens</c>: most tokens to generate, reasoning included; at least 1.</summary>
    [JsonPropertyName("max_tokens"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxTokens { get; set => Set(out field, value); }

    /// <summary><c>stop_sequences</c>: texts that end the answer, in addition to the model's own.</summary>
    [JsonPropertyName("stop_sequences"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? StopSequences { get; set => Set(out field, value); }

    /// <summary><c>decoding</c>: how the call decodes.</summary>
    [JsonPropertyName(ChatOptionsExtensions.DecodingKey), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(DecodingConverter))]
    public DecodingOptions? Decoding { get; set => Set(out field, value); }

    /// <summary><c>documents</c>: passages that the answer is to be grounded in.</summary>
    [JsonPropertyName(ChatOptionsExtensions.DocumentsKey), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonConverter(typeof(DocumentsConverter))]
    public IReadOnlyList<ChatDocument>? Documents { get; set => Set(out field, value); }

    /// <summary>These settings as the members of this class; the settings themselves where they are of this class. Null gives the defaults.</summary>
    /// <exception cref="ArgumentException">The <c>decoding</c> or the <c>documents</c> cannot be read.</exception>
    /// <exception cref="JsonException">Another setting is not of its type.</exception>
    public static LocalPromptExecutionSettings FromExecutionSettings(PromptExecutionSettings? settings)
    {
        if (settings is null) return new LocalPromptExecutionSettings();
        if (settings is LocalPromptExecutionSettings own) return own;

        // These two are read as they are: JSON made by a foreign serializer could name their members otherwise.
        var plain = settings.Clone();
        object? decoding = null, documents = null;
        plain.ExtensionData?.Remove(ChatOptionsExtensions.DecodingKey, out decoding);
        plain.ExtensionData?.Remove(ChatOptionsExtensions.DocumentsKey, out documents);
        var result = JsonSerializer.SerializeToElement(plain, plain.GetType()).Deserialize<LocalPromptExecutionSettings>(_lenient)!;
        result.FunctionChoiceBehavior = settings.FunctionChoiceBehavior;
        if (decoding is not null) result.Decoding = DecodingOptions.Read(decoding);
        if (documents is not null) result.Documents = DocumentReader.Read(documents);
        return result;
    }

    /// <inheritdoc/>
    public override PromptExecutionSettings Clone() => new LocalPromptExecutionSettings
    {
        ServiceId = ServiceId,
        ModelId = ModelId,
        FunctionChoiceBehavior = FunctionChoiceBehavior,
        ExtensionData = ExtensionData is null ? null : new Dictionary<string, object>(ExtensionData),
        Temperature = Temperature,
        TopP = TopP,
        TopK = TopK,
        MinP = MinP,
        FrequencyPenalty = FrequencyPenalty,
        PresencePenalty = PresencePenalty,
        RepetitionPenalty = RepetitionPenalty,
        NoRepeatNgramSize = NoRepeatNgramSize,
        Seed = Seed,
        MaxTokens = MaxTokens,
        StopSequences = StopSequences,
        Decoding = Decoding,
        Documents = Documents,
    };

    /// <summary>Puts the decoding options and the documents back as they are: Semantic Kernel has made JSON of them by now.</summary>
    protected override void PrepareChatOptionsForRequest(ChatOptions options)
    {
        base.PrepareChatOptionsForRequest(options);
        if (Decoding is not null) options.WithDecoding(Decoding);
        if (Documents is not null) options.WithDocuments(Documents);
    }

    private void Set<T>(out T member, T value)
    {
        ThrowIfFrozen();
        member = value;
    }
}
