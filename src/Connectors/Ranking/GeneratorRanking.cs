using Decant.Connectors.Grounding;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Ranking;

/// <summary>Ranks given answers by how likely the model is to give them: the plain way, to compare others with.</summary>
/// <remarks>Reads all answers behind one prompt. Safe for concurrent use.</remarks>
public sealed class GeneratorRanking
{
    private readonly IChatClient _client;
    private readonly bool _perToken;

    /// <summary>Creates the ranking.</summary>
    /// <param name="client">A <see cref="Chat.LocalChatClient"/>, or a pipeline that ends in one. The caller keeps it.</param>
    /// <param name="perToken">Whether likelihoods are means over an answer's tokens; otherwise sums.</param>
    public GeneratorRanking(IChatClient client, bool perToken = true)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _perToken) = (client, perToken);
    }

    /// <summary>Ranks answers to a conversation's last question.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="candidates">At least one. Those that differ in nothing but white space around them count once.</param>
    /// <param name="options">The call's options; how it decodes does not count.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <returns>The different answers, the likeliest first.</returns>
    /// <exception cref="ArgumentException">There are no candidates, or the client has no model in this process.</exception>
    public async Task<IReadOnlyList<RankedAnswer>> RankAsync(
        IEnumerable<ChatMessage> messages, IEnumerable<string> candidates, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var texts = Merge(candidates);
        var scores = await ScoreAsync(_client, [.. messages], texts, options, cancellationToken).ConfigureAwait(false);
        return [.. texts.Zip(scores, (text, tokens) => new RankedAnswer(text, Likelihood(tokens, _perToken))).OrderByDescending(answer => answer.LogProbability)];
    }

    /// <summary>ln p of every token of each text, which ends there, as an answer to a conversation.</summary>
    internal static async Task<double[][]> ScoreAsync(IChatClient client, IReadOnlyList<ChatMessage> messages, IReadOnlyList<string> texts, ChatOptions? options, CancellationToken cancellationToken)
    {
        using var scorer = new PromptScorer(client);
        var prompt = scorer.Prompt(messages, options, BranchPrompt.Same);
        return (await scorer.ScoreAsync([prompt], [.. texts.Select(text => scorer.Encode(text, ended: true))], cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>The different candidates, in order.</summary>
    internal static List<string> Merge(IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        List<string> texts = [.. candidates.Select(text => text.Trim()).Distinct(StringComparer.Ordinal)];
        return texts.Count > 0 ? texts : throw new ArgumentException("There is nothing to rank: give at least one candidate.", nameof(candidates));
    }

    /// <summary>ln p of a text from its tokens'.</summary>
    internal static double Likelihood(double[] tokens, bool perToken) => tokens.Length == 0 ? 0 : perToken ? tokens.Average() : tokens.Sum();
}
