using System.ComponentModel;
using System.Text.Json;
using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Decant.Connectors.Ranking;
using Decant.Decoding;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Decant.Connectors.SemanticKernel;

/// <summary>Ways of decoding as functions that an agent calls when it finds that it needs one: <c>kernel.Plugins.AddFromObject(new DecodingPlugin(client), "decoding")</c>.</summary>
/// <remarks>Each function is a call of its own to the client and knows nothing of the conversation. Safe for concurrent use.</remarks>
public sealed class DecodingPlugin
{
    private const int MostIdeas = 32;
    private const int Rounds = 3;

    private readonly IChatClient _client;
    private readonly DecodingPluginOptions _options;

    /// <summary>Creates the functions.</summary>
    /// <param name="client">A <see cref="LocalChatClient"/>, or a pipeline that ends in one. The caller keeps it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    public DecodingPlugin(IChatClient client, DecodingPluginOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _options) = (client, options ?? new DecodingPluginOptions());
        _options.Validate();
    }

    /// <summary>The same functions as tools of <see cref="ChatOptions"/> or an Agent Framework agent.</summary>
    public IReadOnlyList<AITool> AsTools() =>
    [
        AIFunctionFactory.Create(RankCandidatesAsync, "rank_candidates"),
        AIFunctionFactory.Create(AnswerGroundedAsync, "answer_grounded"),
        AIFunctionFactory.Create(ExtractAsync, "extract"),
        AIFunctionFactory.Create(CheckSupportAsync, "check_support"),
        AIFunctionFactory.Create(BrainstormAsync, "brainstorm"),
    ];

    /// <summary>Orders answers to a question, the best first; among equals the earlier.</summary>
    /// <exception cref="ArgumentException">The question or a candidate is empty, or there is none.</exception>
    [KernelFunction("rank_candidates"), Description("Orders several possible answers to a question, the best first.")]
    public async Task<IReadOnlyList<RankedCandidate>> RankCandidatesAsync(
        [Description("The question.")] string question, [Description("The possible answers.")] string[] candidates, CancellationToken cancellationToken = default)
    {
        RequireText("rank_candidates", nameof(question), question);
        RequireTexts("rank_candidates", nameof(candidates), candidates);
        var scores = await (_options.Scorer ?? ScoreAsync)(question, candidates, cancellationToken).ConfigureAwait(false);
        return [.. candidates.Zip(scores, (candidate, score) => new RankedCandidate(candidate, score)).OrderByDescending(ranked => ranked.Score)];
    }

    /// <summary>Answers from passages, trusting them over what the model remembers (<see cref="AdaptiveContextAwareOptions"/>), greedily.</summary>
    /// <exception cref="ArgumentException">The question or a passage is empty, or there is no passage.</exception>
    [KernelFunction("answer_grounded"), Description("Answers a question from passages of text, and trusts them more than memory.")]
    public async Task<string> AnswerGroundedAsync(
        [Description("The question.")] string question, [Description("The passages that the answer is in.")] string[] passages, CancellationToken cancellationToken = default)
    {
        var options = Greedy(Documents("answer_grounded", question, passages), new AdaptiveContextAwareOptions());
        return (await _client.GetResponseAsync(question, options, cancellationToken).ConfigureAwait(false)).Text;
    }

    /// <summary>Writes what a text says as JSON of a schema, which holds by constraint.</summary>
    /// <returns>The JSON.</returns>
    /// <exception cref="ArgumentException">The text is empty, or the schema is no JSON Schema that can be enforced.</exception>
    /// <exception cref="InvalidOperationException">The JSON has not ended within <see cref="DecodingPluginOptions.MaxOutputTokens"/>.</exception>
    [KernelFunction("extract"), Description("Reads facts out of a text, as JSON of a given JSON schema.")]
    public async Task<string> ExtractAsync(
        [Description("The text.")] string text, [Description("The JSON schema, an object with properties.")] string schema, CancellationToken cancellationToken = default)
    {
        RequireText("extract", nameof(text), text);
        var keys = Keys(schema);
        var request = keys.Length == 0 ? "Write this as JSON." : $"Give me JSON with the keys {(keys.Length == 1 ? keys[0] : $"{string.Join(", ", keys[..^1])} and {keys[^1]}")}.";
        var options = Greedy(new ChatOptions().WithDocuments([new ChatDocument(text)]), new JsonSchemaOptions { Schema = schema, Lenient = true, Whitespace = JsonWhitespace.Flexible });
        var response = await _client.GetResponseAsync(request, options, cancellationToken).ConfigureAwait(false);
        return response.FinishReason == ChatFinishReason.Length
            ? throw new InvalidOperationException($"extract: the JSON did not end within {_options.MaxOutputTokens} tokens. Ask for less, or allow more with DecodingPluginOptions.MaxOutputTokens.")
            : response.Text;
    }

    /// <summary>Says of each sentence of an answer which passage it comes from, and whether that supports it (<see cref="CitationAttribution"/>).</summary>
    /// <exception cref="ArgumentException">A text is empty, or there is no passage.</exception>
    [KernelFunction("check_support"), Description("Checks, sentence by sentence, whether passages of text support an answer to a question.")]
    public async Task<IReadOnlyList<SupportedSentence>> CheckSupportAsync(
        [Description("The question that was answered.")] string question, [Description("The answer.")] string answer, [Description("The passages.")] string[] passages, CancellationToken cancellationToken = default)
    {
        RequireText("check_support", nameof(answer), answer);
        var options = Documents("check_support", question, passages);
        var attributed = await new CitationAttribution(_client, verifier: _options.Judge).AttributeAsync([new ChatMessage(ChatRole.User, question)], answer, options, cancellationToken).ConfigureAwait(false);
        return [.. attributed.Sentences.Select(sentence => new SupportedSentence(sentence.Text, sentence.IsSupported, sentence.IsSupported ? sentence.Source + 1 : null, sentence.Score))];
    }

    /// <summary>Draws several different answers to one request, in batches over one prompt (<see cref="MbrOptions"/>), those first that come up most often. Fewer than were asked for where the model has no more to say.</summary>
    /// <exception cref="ArgumentException">The topic is empty, the count is not from 1 to 32, or the client is none of this library's.</exception>
    [KernelFunction("brainstorm"), Description("Gives several different answers to one request.")]
    public async Task<IReadOnlyList<string>> BrainstormAsync(
        [Description("The request, such as: Tell me a story.")] string topic, [Description("How many answers, from 1 to 32.")] int count, CancellationToken cancellationToken = default)
    {
        RequireText("brainstorm", nameof(topic), topic);
        if (count is < 1 or > MostIdeas) throw new ArgumentOutOfRangeException(nameof(count), count, $"brainstorm: count must be from 1 to {MostIdeas}.");
        if (_client.GetService<ICausalModel>() is null)
            throw new ArgumentException($"brainstorm draws its answers in one batch, which {_client.GetType().Name} cannot: give the plugin a LocalChatClient, or a pipeline that ends in one.");
        var search = new MbrOptions { N = Math.Max(2, count), Results = count, Utility = MbrUtility.Exact };
        List<string> ideas = [];
        for (var round = 0; round < Rounds && ideas.Count < count; round++)
        {
            var options = CallOptions.Drawing(new ChatOptions { MaxOutputTokens = _options.MaxOutputTokens }, _options.Temperature * (1 + (0.25f * round)), _options.Seed + round);
            options.WithDecoding(options.GetDecoding()! with { Search = search });
            var response = await _client.GetResponseAsync(topic, options, cancellationToken).ConfigureAwait(false);
            ideas = [.. ideas.Concat(response.Messages.Select(message => message.Text.Trim())).Where(idea => idea.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Take(count)];
        }

        return ideas;
    }

    private async Task<IReadOnlyList<double>> ScoreAsync(string question, IReadOnlyList<string> candidates, CancellationToken cancellationToken)
    {
        var scores = await GeneratorRanking.ScoreAsync(_client, [new ChatMessage(ChatRole.User, question)], candidates, null, cancellationToken).ConfigureAwait(false);
        return [.. scores.Select(tokens => GeneratorRanking.Likelihood(tokens, perToken: false))];
    }

    private ChatOptions Greedy(ChatOptions options, Strategy strategy)
    {
        (options.Temperature, options.MaxOutputTokens) = (0, _options.MaxOutputTokens);
        return options.WithDecoding(strategy);
    }

    private static ChatOptions Documents(string function, string question, string[] passages)
    {
        RequireText(function, nameof(question), question);
        RequireTexts(function, nameof(passages), passages);
        return new ChatOptions().WithDocuments(passages.Select(passage => new ChatDocument(passage)));
    }

    private static string[] Keys(string schema)
    {
        try
        {
            using var document = JsonDocument.Parse(schema);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("properties", out var properties)) return [];
            return [.. properties.EnumerateObject().Select(property => property.Name)];
        }
        catch (Exception exception) when (exception is JsonException or ArgumentNullException or InvalidOperationException)
        {
            throw new ArgumentException($"extract: schema must be a JSON schema, such as {{\"type\":\"object\",\"properties\":{{\"name\":{{\"type\":\"string\"}}}}}}. {exception.Message}", nameof(schema), exception);
        }
    }

    private static void RequireText(string function, string name, string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new ArgumentException($"{function}: {name} is empty. Give a text.", name);
    }

    private static void RequireTexts(string function, string name, string[]? texts)
    {
        if (texts is not { Length: > 0 } || texts.Any(string.IsNullOrWhiteSpace)) throw new ArgumentException($"{function}: {name} must be at least one text, and none of them empty.", name);
    }
}
