using Decant.Connectors.Chat;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Grounding;

/// <summary>
/// Finds the passage that each sentence of an answer comes from by leaving passages out: ln p(sentence | all passages) − ln p(sentence | all but one), read in one
/// forward per passage for the whole answer.
/// </summary>
/// <remarks>
/// The score says what the model relied on. Two passages that say the same make each other dispensable: either may then score low. Well scored is not true; a verifier
/// checks what the passage says. Safe for concurrent use.
/// </remarks>
public sealed class CitationAttribution
{
    private readonly IChatClient _client;
    private readonly AttributionOptions _options;
    private readonly IEntailmentJudge? _verifier;

    /// <summary>Creates the attribution.</summary>
    /// <param name="client">A <see cref="LocalChatClient"/>, or a pipeline that ends in one. The caller keeps it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="verifier">Asked whether a sentence follows from a passage that reaches the threshold, the best first. Null: nobody.</param>
    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    public CitationAttribution(IChatClient client, AttributionOptions? options = null, IEntailmentJudge? verifier = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _options, _verifier) = (client, options ?? new AttributionOptions(), verifier);
        _options.Validate();
    }

    /// <summary>Attributes an answer, of this model or anybody, to the call's documents.</summary>
    /// <param name="messages">The conversation that was answered.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="options">The call's options, with the documents (<see cref="ChatOptionsExtensions.WithDocuments"/>).</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <exception cref="ArgumentException">There are no documents, or the client has no model in this process.</exception>
    public async Task<AttributedAnswer> AttributeAsync(IEnumerable<ChatMessage> messages, string answer, ChatOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(options);
        ChatMessage[] asked = [.. messages];
        var documents = options.GetDocuments();
        if (documents.Count == 0) throw new ArgumentException("There are no documents that the answer could come from. Give them with ChatOptions.WithDocuments.", nameof(options));

        using var scorer = new PromptScorer(_client);
        var prompts = Enumerable.Range(0, documents.Count).Select(BranchPrompt (passage) => new BranchPrompt.AllButDocument(passage)).Prepend(BranchPrompt.Same);
        var tokens = scorer.Encode(answer);
        var scores = await scorer.ScoreAsync([.. prompts.Select(prompt => scorer.Prompt(asked, options, prompt))], [tokens], cancellationToken).ConfigureAwait(false);

        var sentences = TextUnits.Sentences(answer);
        var owners = SentenceSpans.Assign(scorer.Tokenizer, tokens, answer, sentences);
        double Of(int prompt, int sentence)
        {
            var own = scores[prompt][0].Where((_, token) => owners[token] == sentence);
            return _options.PerToken ? own.Average() : own.Sum();
        }

        var question = CallOptions.Question(asked);
        var attributed = new List<AttributedSentence>();
        for (var i = 0; i < sentences.Count; i++)
        {
            var without = Enumerable.Range(1, documents.Count).Select(prompt => Of(prompt, i));
            attributed.Add(await JudgeAsync(Compare(answer[sentences[i]], Of(0, i), without), documents, question, cancellationToken).ConfigureAwait(false));
        }

        return AttributedAnswer.Of(attributed, _options.DropUnsupported);
    }

    /// <summary>A sentence's scores from its log-probabilities with all passages and without each.</summary>
    internal static AttributedSentence Compare(string sentence, double full, IEnumerable<double> without) => new(sentence, full, [.. without.Select(less => full - less)]);

    private async ValueTask<AttributedSentence> JudgeAsync(AttributedSentence sentence, IReadOnlyList<ChatDocument> documents, string question, CancellationToken cancellationToken)
    {
        foreach (var passage in Enumerable.Range(0, documents.Count).Where(passage => sentence.Scores[passage] >= _options.Threshold).OrderByDescending(passage => sentence.Scores[passage]))
        {
            if (_verifier is null || await _verifier.EntailsAsync(question, documents[passage].Text, sentence.Text, cancellationToken).ConfigureAwait(false))
                return sentence with { Source = passage, IsSupported = true };
        }

        return sentence;
    }
}
