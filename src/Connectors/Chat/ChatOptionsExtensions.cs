using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>What <see cref="ChatOptions"/> carries to a <see cref="LocalChatClient"/> in its additional properties, so that middleware hands it on.</summary>
public static class ChatOptionsExtensions
{
    /// <summary>The key of decoding options in <see cref="ChatOptions.AdditionalProperties"/>.</summary>
    public const string DecodingKey = "decoding";

    /// <summary>The key of documents in <see cref="ChatOptions.AdditionalProperties"/>.</summary>
    public const string DocumentsKey = "documents";

    /// <summary>Says how the call decodes, in place of what was said before. Changes and returns <paramref name="options"/>.</summary>
    public static TOptions WithDecoding<TOptions>(this TOptions options, DecodingOptions decoding)
        where TOptions : ChatOptions
    {
        ArgumentNullException.ThrowIfNull(decoding);
        return Set(options, DecodingKey, decoding);
    }

    /// <summary>Says how the call decodes, slot by slot: <c>options.WithDecoding(d => d.Contrast(…).Constrain(…))</c>. Changes and returns <paramref name="options"/>.</summary>
    public static TOptions WithDecoding<TOptions>(this TOptions options, Action<DecodingOptionsBuilder> build)
        where TOptions : ChatOptions
    {
        ArgumentNullException.ThrowIfNull(build);
        var builder = new DecodingOptionsBuilder();
        build(builder);
        return options.WithDecoding(builder.Build());
    }

    /// <summary>How the call decodes, read from whatever form a framework has put it in; null where nothing is said.</summary>
    /// <exception cref="ArgumentException">It cannot be read; the message says what is known.</exception>
    public static DecodingOptions? GetDecoding(this ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AdditionalProperties?.GetValueOrDefault(DecodingKey) is { } value ? DecodingOptions.Read(value) : null;
    }

    /// <summary>
    /// Gives the passages that the answer is to be grounded in, in place of those given before. The chat template writes them into the prompt; where it knows no documents
    /// they are put before the last user message. Changes and returns <paramref name="options"/>.
    /// </summary>
    public static TOptions WithDocuments<TOptions>(this TOptions options, IEnumerable<ChatDocument> documents)
        where TOptions : ChatOptions
    {
        ArgumentNullException.ThrowIfNull(documents);
        return Set(options, DocumentsKey, documents.ToArray());
    }

    /// <summary>The passages that the answer is to be grounded in; empty where there are none.</summary>
    /// <exception cref="ArgumentException">They cannot be read; the message says how to give them.</exception>
    public static IReadOnlyList<ChatDocument> GetDocuments(this ChatOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.AdditionalProperties?.GetValueOrDefault(DocumentsKey) is { } value ? DocumentReader.Read(value) : [];
    }

    private static TOptions Set<TOptions>(TOptions options, string key, object value)
        where TOptions : ChatOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[key] = value;
        return options;
    }
}
