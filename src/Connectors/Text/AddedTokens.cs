using System.Text.RegularExpressions;

namespace Decant.Connectors.Text;

/// <summary>One entry of tokenizer.json's added_tokens.</summary>
internal sealed record AddedToken(string Content, int Id, bool Special, bool Normalized, bool SingleWord, bool LeftStrip, bool RightStrip);

/// <summary>Finds added tokens in text: leftmost, and the longest of those that start there.</summary>
internal sealed class AddedTokens
{
    private readonly Dictionary<string, AddedToken> _tokens;
    private readonly Regex? _pattern;

    public AddedTokens(IEnumerable<AddedToken> tokens)
    {
        _tokens = tokens.Where(token => token.Content.Length > 0).DistinctBy(token => token.Content).ToDictionary(token => token.Content);
        if (_tokens.Count == 0) return;
        var alternatives = _tokens.Keys.OrderByDescending(text => text.Length).Select(Regex.Escape);
        _pattern = new Regex(string.Join('|', alternatives), RegexOptions.CultureInvariant);
    }

    /// <summary>Those that are not control tokens, as they are written.</summary>
    public IEnumerable<string> Plain => _tokens.Values.Where(token => !token.Special).Select(token => token.Content);

    /// <summary>The same without control tokens: for text that must not contain any.</summary>
    public AddedTokens WithoutSpecial() => new(_tokens.Values.Where(token => !token.Special));

    /// <summary>Cuts a text into plain parts (token null) and added tokens. Empty parts are left out.</summary>
    public IEnumerable<(string Text, AddedToken? Token)> Split(string text)
    {
        var start = 0;
        for (var match = _pattern?.Match(text); match is { Success: true }; match = match.NextMatch())
        {
            var token = _tokens[match.Value];
            int from = match.Index, to = match.Index + match.Length;
            if (from < start) continue;
            if (token.SingleWord && !(IsEdge(text, from - 1) && IsEdge(text, to))) continue;
            while (token.LeftStrip && from > start && char.IsWhiteSpace(text[from - 1])) from--;
            while (token.RightStrip && to < text.Length && char.IsWhiteSpace(text[to])) to++;
            if (from > start) yield return (text[start..from], null);
            yield return (token.Content, token);
            start = to;
        }

        if (start < text.Length) yield return (start == 0 ? text : text[start..], null);
    }

    private static bool IsEdge(string text, int index) => index < 0 || index >= text.Length || !(char.IsLetterOrDigit(text[index]) || text[index] == '_');
}
