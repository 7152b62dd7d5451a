using System.Globalization;
using System.Text;
using Decant.Connectors.Text;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Grounding;

/// <summary>
/// In-context navigation: finds correct answers that hide behind tokens much like the first hit's. Each round lists the answers found so far in the model's turn, as if it were
/// writing a list, ranks the tokens that could come next, and lets those that began no answer yet begin one, which is then decoded greedily.
/// </summary>
/// <remarks>
/// The first round has nothing to list, so its first answer is the model's own. Ends early where no unused token is within <see cref="ContextNavigationOptions.MaxRank"/>.
/// Costs one forward of the list and <see cref="ContextNavigationOptions.BranchesPerRound"/> answers a round. Safe for concurrent use.
/// </remarks>
public sealed class ContextNavigator
{
    internal const string AnswerMark = "{answer}";
    private const string NumberMark = "{number}";
    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    private readonly IChatClient _client;
    private readonly ContextNavigationOptions _options;

    /// <summary>Creates a navigator.</summary>
    /// <param name="client">A <see cref="Chat.LocalChatClient"/>, or a pipeline that ends in one. The caller keeps it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    public ContextNavigator(IChatClient client, ContextNavigationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _options) = (client, options ?? new ContextNavigationOptions());
        _options.Validate();
    }

    /// <summary>Explores the answers to a conversation's last question.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The call's options; answers are decoded greedily whatever they say.</param>
    /// <param name="cancellationToken">Checked before every forward.</param>
    /// <returns>The answers in the order they were found: at most rounds × branches, and no two begin with the same token. Two may still say the same.</returns>
    /// <exception cref="ArgumentException">The client has no model in this process.</exception>
    public async Task<IReadOnlyList<NavigatedAnswer>> NavigateAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] asked = [.. messages];
        using var scorer = new PromptScorer(_client);
        var prompt = scorer.Prompt(asked, options, BranchPrompt.Same);
        var answers = new List<NavigatedAnswer>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        for (var round = 1; round <= _options.Rounds; round++)
        {
            var list = List(answers, scorer);
            var row = await scorer.NextAsync([.. prompt, .. list], cancellationToken).ConfigureAwait(false);
            var begun = Pick(row, scorer.Tokenizer, used).Select(first => AnswerAsync(asked, options, scorer, list, first, cancellationToken)).ToArray();
            if (begun.Length == 0) break;
            answers.AddRange((await Task.WhenAll(begun).ConfigureAwait(false)).Select(answer => answer with { Round = round }));
        }

        return answers;
    }

    // The answers so far and the beginning of the next line.
    private int[] List(List<NavigatedAnswer> answers, PromptScorer scorer)
    {
        if (answers.Count == 0) return [];
        var lines = answers.Select((answer, i) => Line(i + 1).Replace(AnswerMark, answer.Text, StringComparison.Ordinal));
        var next = Line(answers.Count + 1);
        var tokens = scorer.Encode(string.Concat(lines) + next[..next.IndexOf(AnswerMark, StringComparison.Ordinal)]);

        // Where words carry the space before them, a space that is a token of its own would keep them from coming.
        var length = tokens.Length;
        while (length > 0 && scorer.Tokenizer.Bytes(tokens[length - 1]).IndexOfAnyExcept((byte)' ') < 0) length--;
        return tokens[..length];
    }

    private string Line(int number) => _options.ListTemplate.Replace(NumberMark, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private List<NavigatedAnswer> Pick(float[] row, TextTokenizer tokenizer, HashSet<string> used)
    {
        var picked = new List<NavigatedAnswer>();
        var ranked = row.Select((logit, id) => (Logit: logit, Id: id)).Where(token => token.Logit > float.NegativeInfinity)
            .OrderByDescending(token => token.Logit).ThenBy(token => token.Id).Take(_options.MaxRank);
        foreach (var (rank, (_, id)) in ranked.Index())
        {
            if (picked.Count == _options.BranchesPerRound) break;
            if (First(id, tokenizer) is { } text && used.Add(text)) picked.Add(new NavigatedAnswer("", 0, rank + 1, text));
        }

        return picked;
    }

    // What an answer could begin with: text, and whole characters of it.
    private static string? First(int id, TextTokenizer tokenizer)
    {
        if (id >= tokenizer.Count || tokenizer.IsSpecial(id)) return null;
        try
        {
            return _strict.GetString(tokenizer.Bytes(id)).TrimStart() is { Length: > 0 } text ? text : null;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private async Task<NavigatedAnswer> AnswerAsync(
        ChatMessage[] messages, ChatOptions? options, PromptScorer scorer, int[] list, NavigatedAnswer begun, CancellationToken cancellationToken)
    {
        var call = CallOptions.Drawing(options, temperature: 0);
        var first = scorer.Encode(begun.FirstToken);
        if (_options.ContinueFromInitialPrompt) call.After(first);
        else
        {
            call.After([.. list, .. first]);
            call.StopSequences = [.. call.StopSequences ?? [], "\n"];
        }

        var response = await _client.GetResponseAsync(messages, call, cancellationToken).ConfigureAwait(false);
        return begun with { Text = (begun.FirstToken + response.Text).Trim() };
    }
}
