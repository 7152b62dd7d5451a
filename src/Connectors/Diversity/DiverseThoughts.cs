using System.Globalization;
using System.Text.RegularExpressions;
using Decant.Connectors.Grounding;
using Decant.Decoding;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Diversity;

/// <summary>An ensemble over approaches instead of temperatures: has a question answered in several ways, each the model's likeliest answer, and gives what most of them come to.</summary>
/// <remarks>
/// Source: Naik and others, "Diversity of Thought Improves Reasoning Abilities of LLMs", 2023 (DIV-SE and, in one call, IDIV-SE). The paper picks approaches and personas on a few solved tasks; here they are given, or the
/// model names them. Works with any chat client. Safe for concurrent use.
/// </remarks>
public sealed partial class DiverseThoughts
{
    private readonly IChatClient _client;
    private readonly DiverseThoughtOptions _options;
    private readonly Func<string, string> _normalize;

    /// <summary>Creates the ensemble.</summary>
    /// <param name="client">The model; the caller keeps it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="normalize">Gives the answer that a text comes to, in a form that equal answers share: it decides what counts as agreement. Null: <see cref="FinalAnswer"/>'s.</param>
    /// <exception cref="ArgumentException">An option is out of range; the exception names it.</exception>
    public DiverseThoughts(IChatClient client, DiverseThoughtOptions? options = null, Func<string, string>? normalize = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        (_client, _options, _normalize) = (client, options ?? new DiverseThoughtOptions(), normalize ?? (text => FinalAnswer.Of(text)));
        _options.Validate();
    }

    /// <summary>Answers a conversation's last question.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">The call's options; sampling is replaced by greedy.</param>
    /// <param name="cancellationToken">Stops everything.</param>
    /// <exception cref="ArgumentException">The conversation has no user message.</exception>
    /// <exception cref="InvalidOperationException">The model names fewer than two approaches, or tags no answer; the message says what to do.</exception>
    public async Task<DiverseAnswer> AnswerAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ChatMessage[] asked = [.. messages];
        if (!Array.Exists(asked, message => message.Role == ChatRole.User)) throw new ArgumentException("The conversation has no user message to answer. Add one.", nameof(messages));
        IReadOnlyList<string> approaches = _options.Approaches.Count > 0 ? _options.Approaches : await DiscoverAsync(asked, options, cancellationToken).ConfigureAwait(false);
        string?[] personas = _options.Personas.Count > 0 ? [.. _options.Personas] : [null];
        List<DiverseThought> thoughts = [.. personas.SelectMany(persona => approaches.Select(approach => new DiverseThought(approach, persona, "", "")))];
        var answered = _options.InCall
            ? await AskOnceAsync(asked, thoughts, options, cancellationToken).ConfigureAwait(false)
            : await Task.WhenAll(thoughts.Select(thought => AskAsync(asked, thought, options, cancellationToken))).ConfigureAwait(false);
        return new DiverseAnswer([.. answered.Select(thought => thought with { Answer = _normalize(thought.Text) })]);
    }

    /// <summary>Texts that are different prompts: case and white space make none.</summary>
    internal static List<string> Different(IEnumerable<string> texts) => [.. texts.DistinctBy(text => WhiteSpace().Replace(text.Trim(), " "), StringComparer.OrdinalIgnoreCase)];

    private async Task<List<string>> DiscoverAsync(ChatMessage[] asked, ChatOptions? options, CancellationToken cancellationToken)
    {
        var count = _options.Discover ?? 5;
        var text = await SayAsync(asked, $"Name {count} different approaches to solve problems like the one below. Write one on each line and nothing else.\n\n{CallOptions.Question(asked)}", null, options, cancellationToken).ConfigureAwait(false);
        var named = Different(text.Split('\n').Select(line => ListMark().Replace(line, "").Trim()).Where(line => line.Length > 0));
        return named.Count >= 2
            ? [.. named.Take(count)]
            : throw new InvalidOperationException($"The model was asked for {count} approaches and named {named.Count}: \"{text}\". Give {nameof(DiverseThoughtOptions.Approaches)}.");
    }

    private async Task<DiverseThought> AskAsync(ChatMessage[] asked, DiverseThought thought, ChatOptions? options, CancellationToken cancellationToken)
    {
        var frame = _options.Frame ?? $"{DiverseThoughtOptions.QuestionMark}\n\nTake this approach: {DiverseThoughtOptions.ApproachMark}";
        var message = frame.Replace(DiverseThoughtOptions.ApproachMark, thought.Approach, StringComparison.Ordinal)
            .Replace(DiverseThoughtOptions.QuestionMark, CallOptions.Question(asked), StringComparison.Ordinal);
        return thought with { Text = await SayAsync(asked, message, thought.Persona, options, cancellationToken).ConfigureAwait(false) };
    }

    private async Task<IReadOnlyList<DiverseThought>> AskOnceAsync(ChatMessage[] asked, List<DiverseThought> thoughts, ChatOptions? options, CancellationToken cancellationToken)
    {
        var list = thoughts.Select((thought, i) => $"{i + 1}. {(thought.Persona is { } persona ? persona + " " : "")}{thought.Approach}");
        var text = await SayAsync(asked, $"{CallOptions.Question(asked)}\n\nAnswer this {thoughts.Count} times, each time on its own in one of these ways:\n{string.Join('\n', list)}\n\n"
            + "Put the answer of each between tags with its number, the first as <answer1>...</answer1>.", null, options, cancellationToken).ConfigureAwait(false);
        var answers = new Dictionary<int, string>();
        foreach (Match tag in Tagged().Matches(text))
        {
            if (int.TryParse(tag.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) answers.TryAdd(number - 1, tag.Groups[2].Value.Trim());
        }

        List<DiverseThought> answered = [.. thoughts.Index().Where(thought => answers.ContainsKey(thought.Index)).Select(thought => thought.Item with { Text = answers[thought.Index] })];
        return answered.Count > 0
            ? answered
            : throw new InvalidOperationException($"The model was asked to tag {thoughts.Count} answers and tagged none: \"{text}\". Use a model that follows instructions, or set {nameof(DiverseThoughtOptions.InCall)} to false.");
    }

    private async Task<string> SayAsync(ChatMessage[] asked, string message, string? persona, ChatOptions? options, CancellationToken cancellationToken)
    {
        var call = CallOptions.Drawing(options, temperature: 0);
        if (persona is not null) call.Instructions = call.Instructions is null ? persona : $"{persona}\n{call.Instructions}";
        var last = Array.FindLastIndex(asked, each => each.Role == ChatRole.User);
        ChatMessage[] messages = [.. asked[..last], new(ChatRole.User, message), .. asked[(last + 1)..]];
        return (await _client.GetResponseAsync(messages, call, cancellationToken).ConfigureAwait(false)).Text;
    }

    [GeneratedRegex(@"^\s*(?:[-*•]|[0-9]+[.):])\s*")]
    private static partial Regex ListMark();

    [GeneratedRegex(@"<answer([0-9]+)>(.*?)</answer\1>", RegexOptions.Singleline)]
    private static partial Regex Tagged();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
