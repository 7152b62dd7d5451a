using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Grounding;

/// <summary>
/// Semantic entropy and self-consistency: draws an answer several times, puts those that mean the same together, and tells how far they spread and what most of them
/// say. For a given answer it does so sentence by sentence, which shows where to abstain.
/// </summary>
/// <remarks>
/// Two samples mean the same when each follows from the other. Samples run at once and share the model's forwards. Where likelihoods count, a sample's is that of its text in
/// canonical tokens, with the end of the turn where it ended there. Safe for concurrent use.
/// </remarks>
public sealed class SemanticUncertainty
{
    private readonly IChatClient _client;
    private readonly IEntailmentJudge _judge;
    private readonly SemanticUncertaintyOptions _options;

    /// <summary>Creates the measure.</summary>
    /// <param name="client">Any chat client with <see cref="SemanticUncertaintyOptions.Discrete"/>; otherwise, and for sentences, one that ends in a <see cref="Chat.LocalChatClient"/>. The caller keeps it.</param>
    /// <param name="judge">Says what means the same. Null: <see cref="NormalizedMatch"/>, which suits short answers.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    public SemanticUncertainty(IChatClient client, IEntailmentJudge? judge = null, SemanticUncertaintyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _judge, _options) = (client, judge ?? new NormalizedMatch(), options ?? new SemanticUncertaintyOptions());
        _options.Validate();
    }

    /// <summary>Draws answers to a conversation's last question and measures them.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The call's options; how it samples is replaced.</param>
    /// <param name="cancellationToken">Stops everything.</param>
    /// <exception cref="ArgumentException">Likelihoods are to count, and the client has no model in this process.</exception>
    public async Task<SemanticMeasure> MeasureAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] asked = [.. messages];
        using var scorer = _options.Discrete ? null : new PromptScorer(_client);
        var seed = FirstSeed();
        var drawn = await Task.WhenAll(Enumerable.Range(0, _options.Samples).Select(
            i => _client.GetResponseAsync(asked, CallOptions.Drawing(options, _options.Temperature, seed + i), cancellationToken))).ConfigureAwait(false);
        var texts = drawn.Select(response => (response.Text, response.FinishReason == ChatFinishReason.Stop)).ToList();
        var samples = scorer is null ? Counted(texts) : await WeighAsync(scorer, scorer.Prompt(asked, options, BranchPrompt.Same), texts, cancellationToken).ConfigureAwait(false);
        return await MeasureAsync(CallOptions.Question(asked), samples, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Measures samples from anywhere.</summary>
    /// <param name="question">What they answer, for the judge; may be empty.</param>
    /// <param name="samples">At least one. With <see cref="SemanticUncertaintyOptions.Discrete"/> their likelihoods break ties only.</param>
    /// <param name="cancellationToken">Stops the judge.</param>
    public async Task<SemanticMeasure> MeasureAsync(string question, IReadOnlyList<SemanticSample> samples, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count == 0) throw new ArgumentException("There is nothing to measure: give at least one sample.", nameof(samples));
        var clusters = new List<List<SemanticSample>>();
        foreach (var sample in samples)
        {
            if (await FindAsync(clusters, question, sample.Text, cancellationToken).ConfigureAwait(false) is { } cluster) cluster.Add(sample);
            else clusters.Add([sample]);
        }

        double Weight(SemanticSample sample) => _options.Discrete ? 1 : Math.Exp(sample.LogLikelihood ?? 0);
        var total = samples.Sum(Weight);
        return new SemanticMeasure([.. clusters.Select(cluster => new SemanticCluster(cluster, cluster.Sum(Weight) / total))], _judge.IsApproximate);
    }

    /// <summary>Measures each sentence of an answer: draws it anew behind the sentences before it.</summary>
    /// <param name="messages">The conversation that was answered.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="options">The call's options; how it samples is replaced.</param>
    /// <param name="cancellationToken">Stops everything.</param>
    /// <returns>One entry per sentence.</returns>
    /// <exception cref="ArgumentException">The client has no model in this process.</exception>
    public async Task<IReadOnlyList<SentenceUncertainty>> MeasureSentencesAsync(
        IEnumerable<ChatMessage> messages, string answer, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(answer);
        ChatMessage[] asked = [.. messages];
        using var scorer = new PromptScorer(_client);
        var prompt = scorer.Prompt(asked, options, BranchPrompt.Same);
        var tokens = scorer.Encode(answer);
        var sentences = TextUnits.Sentences(answer);
        var owners = SentenceSpans.Assign(scorer.Tokenizer, tokens, answer, sentences);
        var seed = FirstSeed();
        var measured = new List<SentenceUncertainty>();
        for (var i = 0; i < sentences.Count; i++)
        {
            var before = tokens[..Array.FindIndex(owners, owner => owner == i)];
            // Twice the sentence's length is room enough to say it otherwise.
            var room = 16 + (2 * owners.Count(owner => owner == i));
            var drawn = await Task.WhenAll(Enumerable.Range(0, _options.Samples).Select(
                sample => SentenceAsync(asked, CallOptions.Drawing(options, _options.Temperature, seed + sample).After(before), room, cancellationToken))).ConfigureAwait(false);
            var texts = drawn.Select(text => (text, false)).ToList();
            var samples = _options.Discrete ? Counted(texts) : await WeighAsync(scorer, [.. prompt, .. before], texts, cancellationToken).ConfigureAwait(false);
            measured.Add(new SentenceUncertainty(answer[sentences[i]], await MeasureAsync(CallOptions.Question(asked), samples, cancellationToken).ConfigureAwait(false)));
        }

        return measured;
    }

    private long FirstSeed() => _options.Seed ?? Random.Shared.NextInt64(int.MaxValue);

    private static List<SemanticSample> Counted(List<(string Text, bool Ended)> texts) => [.. texts.Select(text => new SemanticSample(text.Text))];

    private static async Task<List<SemanticSample>> WeighAsync(PromptScorer scorer, int[] prompt, List<(string Text, bool Ended)> texts, CancellationToken cancellationToken)
    {
        var distinct = texts.Distinct().ToList();
        var scores = await scorer.ScoreAsync([prompt], [.. distinct.Select(text => scorer.Encode(text.Text, text.Ended))], cancellationToken).ConfigureAwait(false);
        var likelihoods = distinct.Zip(scores[0]).ToDictionary(pair => pair.First, pair => pair.Second.DefaultIfEmpty(0).Average());
        return [.. texts.Select(text => new SemanticSample(text.Text, likelihoods[text]))];
    }

    private async Task<string> SentenceAsync(ChatMessage[] messages, ChatOptions options, int room, CancellationToken cancellationToken)
    {
        options.MaxOutputTokens = room;
        var text = "";
        await foreach (var update in _client.GetStreamingResponseAsync(messages, options, cancellationToken).ConfigureAwait(false))
        {
            text += update.Text;
            if (TextUnits.Sentences(text).Count > 1) break;
        }

        return TextUnits.Sentences(text) is [var first, ..] ? text[first] : "";
    }

    private async ValueTask<List<SemanticSample>?> FindAsync(List<List<SemanticSample>> clusters, string question, string text, CancellationToken cancellationToken)
    {
        foreach (var cluster in clusters)
        {
            var known = cluster[0].Text;
            if (known == text) return cluster;
            if (await _judge.EntailsAsync(question, known, text, cancellationToken).ConfigureAwait(false)
                && await _judge.EntailsAsync(question, text, known, cancellationToken).ConfigureAwait(false)) return cluster;
        }

        return null;
    }
}
