using System.Text;
using Decant.Connectors.Text;

namespace Decant.Connectors.Chat;

/// <summary>
/// Keeps what people write from becoming control tokens: <c>&lt;|im_end|&gt;</c> in a message is text, in the template it ends a turn. Marks such
/// places before the template is rendered, and encodes them as plain text afterwards.
/// </summary>
internal sealed class ControlTokenGuard(TextTokenizer tokenizer)
{
    // A private-use character that no template writes; a caller's own is removed, it has no meaning to a model.
    private const char Sentinel = '\uE0FE';

    /// <summary>A copy of the template's variables in which control tokens inside strings are marked.</summary>
    public IReadOnlyDictionary<string, object?> Mark(IReadOnlyDictionary<string, object?> variables) =>
        variables.ToDictionary(entry => entry.Key, entry => entry.Key == "messages" ? MarkValue(entry.Value) : entry.Value);

    /// <summary>Token ids of a rendered prompt.</summary>
    public int[] Encode(string prompt, bool addSpecialTokens)
    {
        if (!prompt.Contains(Sentinel)) return tokenizer.Encode(prompt, addSpecialTokens);
        var ids = new List<int>();
        foreach (var (text, isTemplate) in Segments(prompt)) ids.AddRange(tokenizer.Encode(text, addSpecialTokens && ids.Count == 0, isTemplate));
        return [.. ids];
    }

    private object? MarkValue(object? value) => value switch
    {
        string text => MarkText(text),
        IReadOnlyDictionary<string, object?> members => members.ToDictionary(entry => entry.Key, entry => entry.Key is "role" ? entry.Value : MarkValue(entry.Value)),
        IEnumerable<object?> items => items.Select(MarkValue).ToList(),
        _ => value,
    };

    private string MarkText(string text)
    {
        var result = text.Replace(Sentinel.ToString(), "", StringComparison.Ordinal);
        foreach (var token in tokenizer.SpecialTokens.Where(token => token.Length > 1))
            result = result.Replace(token, $"{Sentinel}{token[0]}{Sentinel}{token[1..]}", StringComparison.Ordinal);
        return result;
    }

    // Marked pieces are "mark, first character, mark": everything after the first mark up to the next template text is plain anyway,
    // so a segment boundary inside the token is all it takes to keep it from being recognised.
    private static IEnumerable<(string Text, bool IsTemplate)> Segments(string prompt)
    {
        var parts = prompt.Split(Sentinel);
        var text = new StringBuilder(parts[0]);
        for (var i = 1; i + 1 < parts.Length; i += 2)
        {
            text.Append(parts[i]);
            if (text.Length > 0) yield return (text.ToString(), true);
            text.Clear().Append(parts[i + 1]);
        }

        if (text.Length > 0) yield return (text.ToString(), true);
    }
}
