using Decant.Connectors.Grounding;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Ranking;

/// <summary>
/// Equilibrium ranking: one model asked in two ways seldom agrees with itself. What it would answer, and which answers it would call correct, are played against each other until both agree, and the answers are ranked by that.
/// </summary>
/// <remarks>
/// Source: Jacob and others, "The Consensus Game: Language Model Generation via Equilibrium Search", 2023. The model is asked for a correct and for an incorrect answer and to judge each candidate; all candidates are
/// read in few forwards, and the game itself costs none. The wording (<see cref="EquilibriumOptions.CorrectFrame"/> and others) is ours: choose one that the model understands. A small model that cannot judge adds noise.
/// Safe for concurrent use.
/// </remarks>
public sealed class EquilibriumRanking
{
    private readonly IChatClient _client;
    private readonly EquilibriumOptions _options;

    /// <summary>Creates the ranking.</summary>
    /// <param name="client">A <see cref="Chat.LocalChatClient"/>, or a pipeline that ends in one. The caller keeps it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    public EquilibriumRanking(IChatClient client, EquilibriumOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _options) = (client, options ?? new EquilibriumOptions());
        _options.Validate();
    }

    /// <summary>Draws answers to a conversation's last question and ranks them.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The call's options; how it samples is replaced.</param>
    /// <param name="cancellationToken">Stops everything.</param>
    /// <returns>The different answers, the best first.</returns>
    /// <exception cref="ArgumentException">The client has no model in this process.</exception>
    public async Task<IReadOnlyList<EquilibriumAnswer>> RankAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] asked = [.. messages];
        var seed = _options.Seed ?? Random.Shared.NextInt64(int.MaxValue);
        var drawn = await Task.WhenAll(Enumerable.Range(0, _options.Candidates).Select(
            i => _client.GetResponseAsync(asked, CallOptions.Drawing(options, _options.Temperature, seed + i), cancellationToken))).ConfigureAwait(false);
        return await RankAsync(asked, drawn.Select(response => response.Text), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ranks given answers.</summary>
    /// <inheritdoc cref="GeneratorRanking.RankAsync"/>
    /// <returns>The different answers, the best first; of equal ones the earlier.</returns>
    public async Task<IReadOnlyList<EquilibriumAnswer>> RankAsync(
        IEnumerable<ChatMessage> messages, IEnumerable<string> candidates, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] asked = [.. messages];
        var texts = GeneratorRanking.Merge(candidates);
        using var scorer = new PromptScorer(_client);
        var question = CallOptions.Question(asked);
        int[] Prompt(string frame) => scorer.Prompt(asked, options, new BranchPrompt.UserMessage(frame.Replace(EquilibriumOptions.QuestionMark, question, StringComparison.Ordinal)));

        string[] frames = _options.IncorrectFrame is { } incorrect ? [_options.CorrectFrame, incorrect] : [_options.CorrectFrame];
        var written = await scorer.ScoreAsync([.. frames.Select(Prompt)], [.. texts.Select(text => scorer.Encode(text, ended: true))], cancellationToken).ConfigureAwait(false);
        double[] Likelihoods(double[][] answers) => Array.ConvertAll(answers, tokens => GeneratorRanking.Likelihood(tokens, _options.PerToken));
        var judged = await JudgeAsync(scorer, texts, Prompt, cancellationToken).ConfigureAwait(false);

        var (firstGenerator, firstDiscriminator, generator, discriminator) = EquilibriumGame.Solve(Likelihoods(written[0]), written.Length == 2 ? Likelihoods(written[1]) : null, judged, _options);
        return [.. texts.Select((text, i) => new EquilibriumAnswer(text, generator[i], discriminator[i], firstGenerator[i], firstDiscriminator[i]))
            .OrderByDescending(answer => _options.Output == EquilibriumOutput.Discriminator ? answer.Discriminator : answer.Generator)];
    }

    /// <summary>How likely each answer is correct. Answers that are confirmed and denied in the same words are judged together.</summary>
    private async Task<double[]> JudgeAsync(PromptScorer scorer, List<string> texts, Func<string, int[]> prompt, CancellationToken cancellationToken)
    {
        var judged = new double[texts.Count];
        foreach (var group in texts.Index().GroupBy(text => (Yes: About(_options.Yes, text.Item), No: _options.No is { } no ? About(no, text.Item) : null)))
        {
            string[] verdicts = group.Key.No is null ? [group.Key.Yes] : [group.Key.Yes, group.Key.No];
            var scores = await scorer.ScoreAsync([.. group.Select(text => prompt(About(_options.JudgeFrame, text.Item)))], [.. verdicts.Select(verdict => scorer.Encode(verdict))], cancellationToken).ConfigureAwait(false);
            foreach (var ((index, _), verdict) in group.Zip(scores))
            {
                judged[index] = verdict.Length == 1
                    ? Math.Exp(GeneratorRanking.Likelihood(verdict[0], _options.PerToken))
                    : 1 / (1 + Math.Exp(verdict[1].Sum() - verdict[0].Sum()));
            }
        }

        return judged;
    }

    private static string About(string frame, string answer) => frame.Replace(EquilibriumOptions.AnswerMark, answer, StringComparison.Ordinal);
}
