using System.Buffers;
using System.Text;
using Decant.Connectors.Prompting;
using Decant.Connectors.Text;
using Microsoft.Extensions.AI;

namespace Decant.Connectors.Chat;

/// <summary>
/// Keeps what people write from becoming control tokens: <c>&lt;|im_end|&gt;</c> in a message is text, in the template it ends a turn. Marks such
/// places before the template is rendered, and encodes them as plain text afterwards.
/// </summary>
/// <remarks>
/// Guarded are special tokens, and of the other added tokens those that steer a model too: the ones its template writes (<c>&lt;tool_call&gt;</c>), marks of
/// reasoning, and whatever is written <c>&lt;|so|&gt;</c>. In an assistant's messages the latter stay, for they are the model's own and its template
/// reads them. Immutable and safe for concurrent use.
/// </remarks>
internal sealed class ControlTokenGuard
{
    // A private-use character that no template writes; a caller's own is removed, it has no meaning to a model.
    private const char Sentinel = '\uE0FE';

    private readonly TextTokenizer _tokenizer;
    private readonly SearchValues<string> _special;
    private readonly SearchValues<string> _all;

    public ControlTokenGuard(TextTokenizer tokenizer, ChatTemplate template)
    {
        _tokenizer = tokenizer;
        var marks = tokenizer.PlainAddedTokens.Where(token => !string.IsNullOrWhiteSpace(token)
            && (template.Source.Contains(token, StringComparison.Ordinal) || ReasoningFormat.IsMark(token) || (token.StartsWith("<|", StringComparison.Ordinal) && token.EndsWith("|>", StringComparison.Ordinal))));
        string[] special = [.. tokenizer.SpecialTokens.Where(token => token.Length > 1)];
        _special = SearchValues.Create(special, StringComparison.Ordinal);
        _all = SearchValues.Create([.. special, .. marks.Where(token => token.Length > 1)], StringComparison.Ordinal);
    }

    /// <summary>A copy of the template's variables in which control tokens inside strings are marked.</summary>
    public IReadOnlyDictionary<string, object?> Mark(IReadOnlyDictionary<string, object?> variables) =>
        variables.ToDictionary(entry => entry.Key, entry => entry.Key is "messages" or "documents" or "tools" ? MarkValue(entry.Value, _all) : entry.Value);

    /// <summary>Token ids of a rendered prompt.</summary>
    public int[] Encode(string prompt, bool addSpecialTokens)
    {
        if (!prompt.Contains(Sentinel)) return _tokenizer.Encode(prompt, addSpecialTokens);
        var ids = new List<int>();
        foreach (var text in Segments(prompt)) ids.AddRange(_tokenizer.Encode(text, addSpecialTokens && ids.Count == 0));
        return [.. ids];
    }

    private object? MarkValue(object? value, SearchValues<string> tokens) => value switch
    {
        string text => MarkText(text, tokens),
        IReadOnlyDictionary<string, object?> members => MarkMembers(members, tokens),
        IEnumerable<object?> items => items.Select(item => MarkValue(item, tokens)).ToList(),
        _ => value,
    };

    private Dictionary<string, object?> MarkMembers(IReadOnlyDictionary<string, object?> members, SearchValues<string> tokens)
    {
        if (members.GetValueOrDefault("role") as string == ChatRole.Assistant.Value) tokens = _special;
        var result = new Dictionary<string, object?>();
        foreach (var (name, value) in members) result[MarkText(name, tokens)] = name == "role" ? value : MarkValue(value, tokens);
        return result;
    }

    private static string MarkText(string text, SearchValues<string> tokens)
    {
        if (text.Contains(Sentinel)) text = text.Replace(Sentinel.ToString(), "", StringComparison.Ordinal);
        var rest = text.AsSpan();
        StringBuilder? result = null;
        for (var at = rest.IndexOfAny(tokens); at >= 0; at = rest.IndexOfAny(tokens))
        {
            result ??= new StringBuilder(text.Length + 16);
            result.Append(rest[..at]).Append(Sentinel).Append(rest[at]).Append(Sentinel);
            rest = rest[(at + 1)..];
        }

        return result is null ? text : result.Append(rest).ToString();
    }

    // Marked places are "mark, first character, mark". A boundary behind the first character is all it takes to keep a token from being recognised.
    private static IEnumerable<string> Segments(string prompt)
    {
        var parts = prompt.Split(Sentinel);
        var text = new StringBuilder(parts[0]);
        for (var i = 1; i < parts.Length; i += 2)
        {
            yield return text.Append(parts[i]).ToString();
            // A template that cuts texts can cut between the two marks.
            text.Clear().Append(i + 1 < parts.Length ? parts[i + 1] : "");
        }

        if (text.Length > 0) yield return text.ToString();
    }
}
