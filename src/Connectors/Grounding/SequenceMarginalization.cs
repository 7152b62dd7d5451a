using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Grounding;

/// <summary>
/// Retrieval marginalisation over whole answers (RAG-sequence): p(y|x) = Σ_k softmax(score / T)_k · p(y|x, document k). Each document alone writes candidates; every
/// candidate is then weighed under every document.
/// </summary>
/// <remarks>The sum runs over candidates that some document proposed, so the best of them is found, not the best of all texts. Safe for concurrent use.</remarks>
public sealed class SequenceMarginalization
{
    private readonly IChatClient _client;
    private readonly SequenceMarginalizationOptions _options;

    /// <summary>Creates the marginalisation.</summary>
    /// <param name="client">A <see cref="LocalChatClient"/>, or a pipeline that ends in one. The caller keeps it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    public SequenceMarginalization(IChatClient client, SequenceMarginalizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _options) = (client, options ?? new SequenceMarginalizationOptions());
        _options.Validate();
    }

    /// <summary>Answers a conversation's last question from the call's documents.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The call's options, with scored documents (<see cref="ChatOptionsExtensions.WithDocuments"/>).</param>
    /// <param name="cancellationToken">Stops everything.</param>
    /// <returns>The different candidates, the likeliest first; at least one.</returns>
    /// <exception cref="ArgumentException">There are no documents, or the client has no model in this process.</exception>
    public async Task<IReadOnlyList<MarginalCandidate>> AnswerAsync(IEnumerable<ChatMessage> messages, ChatOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        ChatMessage[] asked = [.. messages];
        ChatDocument[] documents = [.. options.GetDocuments().OrderByDescending(document => document.Score).Take(_options.Contexts)];
        if (documents.Length == 0) throw new ArgumentException("There are no documents to answer from. Give them with ChatOptions.WithDocuments, each with its Score.", nameof(options));

        using var scorer = new PromptScorer(_client);
        var seed = _options.Seed ?? Random.Shared.NextInt64(int.MaxValue);
        ChatOptions[] alone = [.. documents.Select(document => options.Clone().WithDocuments([document]))];
        var drafts = await Task.WhenAll(alone.SelectMany((call, document) => Enumerable.Range(0, _options.CandidatesPerDocument)
            .Select(draft => _client.GetResponseAsync(asked, Draft(call, draft, seed + (document * _options.CandidatesPerDocument) + draft), cancellationToken)))).ConfigureAwait(false);
        var candidates = drafts.Select(draft => (draft.Text, Ended: draft.FinishReason == ChatFinishReason.Stop)).Distinct().ToList();
        var scores = await scorer.ScoreAsync(
            [.. alone.Select(call => scorer.Prompt(asked, call, BranchPrompt.Same))], [.. candidates.Select(candidate => scorer.Encode(candidate.Text, candidate.Ended))],
            cancellationToken).ConfigureAwait(false);
        double[] retrieval = [.. documents.Select(document => document.Score / _options.Temperature)];
        return [.. candidates.Select((candidate, i) => Marginalize(candidate.Text, retrieval, [.. scores.Select(byCandidate => byCandidate[i].Sum())])).OrderByDescending(candidate => candidate.LogProbability)];
    }

    /// <summary>Mixes an answer's log-probabilities under each document, weighed by softmax of the documents' scores. In probability, not in logits.</summary>
    internal static MarginalCandidate Marginalize(string text, double[] scores, double[] byDocument)
        => new(text, PromptScorer.LogSumExp([.. scores.Zip(byDocument, (score, logProbability) => score + logProbability)]) - PromptScorer.LogSumExp(scores), byDocument);

    // The first draft of a document is its likeliest answer.
    private static ChatOptions Draft(ChatOptions call, int draft, long seed) => draft == 0 ? CallOptions.Drawing(call, temperature: 0) : CallOptions.Drawing(call, temperature: 1, seed);
}
