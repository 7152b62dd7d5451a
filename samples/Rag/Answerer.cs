using Decant.Connectors.Chat;
using Decant.Connectors.Grounding;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Samples.Rag;

/// <summary>Finds passages, lets the model answer from them, and says what holds up.</summary>
internal sealed class Answerer(IChatClient client, Bm25 index, Arguments arguments)
{
    private const int LongestAnswer = 200;

    // AdaCAD: where what the model remembers and what it reads are in conflict, the passage counts more.
    private static readonly DecodingOptions _decoding = new() { Contrast = new AdaptiveContextAwareOptions(), Sampling = new SamplingOptions { Temperature = 0 } };

    public async Task<GroundedAnswer> AskAsync(string question, CancellationToken cancellationToken = default)
    {
        ChatDocument[] documents = [.. index.Search(question, arguments.Top).Select(found => new ChatDocument(found.Passage.Text) { Title = found.Passage.Source, Score = found.Score })];
        if (documents.Length == 0) return new GroundedAnswer(question, [], []);

        ChatMessage[] messages = [new(ChatRole.User, question)];
        var options = new ChatOptions { MaxOutputTokens = LongestAnswer }.WithDocuments(documents).WithDecoding(_decoding);
        var response = await client.GetResponseAsync(messages, options, cancellationToken);
        var attribution = new CitationAttribution(client, new AttributionOptions { Threshold = arguments.Threshold }, arguments.Overlap > 0 ? new WordOverlap(arguments.Overlap) : null);
        var attributed = await attribution.AttributeAsync(messages, response.Text, options, cancellationToken);
        var entropies = await EntropiesAsync(messages, response.Text, options, cancellationToken);
        return new GroundedAnswer(question, documents, [.. attributed.Sentences.Select((sentence, i) => new GroundedSentence(
            sentence.Text, sentence.Source + 1, sentence.Score, entropies?[i], sentence.IsSupported && !(entropies?[i] > arguments.Abstain)))]);
    }

    private async Task<double[]?> EntropiesAsync(ChatMessage[] messages, string answer, ChatOptions options, CancellationToken cancellationToken)
    {
        if (arguments.Samples == 0) return null;
        var uncertainty = new SemanticUncertainty(client, options: new SemanticUncertaintyOptions { Samples = arguments.Samples, Discrete = true, Seed = 1 });
        return [.. (await uncertainty.MeasureSentencesAsync(messages, answer, options, cancellationToken)).Select(sentence => sentence.Measure.Entropy)];
    }
}
